package dev.tokapu.server.batches;

import static dev.tokapu.server.batches.BatchFixture.ONE;
import static dev.tokapu.server.batches.BatchFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.server.FakeExchange;
import dev.tokapu.server.batches.BatchFixture.ChangingKeys;
import dev.tokapu.server.batches.BatchFixture.FakeClock;
import dev.tokapu.server.disk.DataFolder;
import dev.tokapu.server.disk.FailingDisk;
import dev.tokapu.server.files.FileLimits;
import dev.tokapu.server.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process dies at each change of the disk, or the disk is full: nothing is lost, and nothing is done twice. */
@Timeout(300)
class BatchCrashTest {

    private static final BatchLimits LIMITS = new BatchLimits(1, 50, 100_000, 1000, 3, 4);

    @TempDir
    private Path folder;

    private final FakeClock clock = new FakeClock();

    private BatchFixture open(DataFolder disk) {
        return new BatchFixture(disk, clock, new ChangingKeys(), FileLimits.defaults(), LIMITS);
    }

    private static JsonObject only(BatchFixture server) {
        JsonObject list = server.get(ONE, "/v1/batches");
        return list.elements("data").size() == 1 ? list.elements("data").get(0).object() : null;
    }

    private static void checkWhole(BatchFixture server, String id, int answers, int failures) {
        JsonObject done = server.awaitStatus(ONE, id, "completed");
        assertThat(server.output(ONE, done.text("output_file_id"))).hasSize(answers);
        assertThat(server.output(ONE, done.text("error_file_id"))).hasSize(failures);
        assertThat(done.require("request_counts").object().plain())
                .isEqualTo(Map.of("total", answers + failures, "completed", answers, "failed", failures));
        assertThat(server.get(ONE, "/v1/files").elements("data")).hasSize(failures > 0 ? 3 : 2);
    }

    @Test
    void processThatDiesAtAnyWrite_losesAndRepeatsNothing() throws Exception {
        int step = 0;
        boolean died = true;
        while (died) {
            Path place = folder.resolve("at" + step);
            FailingDisk disk = new FailingDisk(place, step++);
            String id = null;
            try (BatchFixture server = open(disk.folder())) {
                FakeExchange made = attempt(server);
                if (made != null && made.status == 200) {
                    id = BatchFixture.json(made, 200).require("id").text();
                    String batch = id;
                    await(
                            "the end",
                            () -> disk.hasDied()
                                    || server.get(ONE, "/v1/batches/" + batch)
                                            .text("status")
                                            .equals("completed"));
                }
            } catch (FailingDisk.Died e) {
                disk.folder().close();
            }
            died = disk.hasDied();
            try (BatchFixture server = open(DataFolder.open(place))) {
                JsonObject batch = only(server);
                if (batch == null) { // then nobody was told of it
                    assertThat(id).isNull();
                } else {
                    checkWhole(server, batch.require("id").text(), 3, 1);
                }
                noLeftovers(place);
            }
        }
        assertThat(step).as("changes of the disk").isGreaterThan(20);
    }

    private static FakeExchange attempt(BatchFixture server) {
        FakeExchange file = server.upload(
                ONE,
                "x",
                Map.of("purpose", "batch"),
                String.join("\n", BatchFixture.lines("a", "bad", "c", "d")).getBytes(StandardCharsets.UTF_8));
        return file.status == 200
                ? server.tryBatch(
                        ONE, BatchFixture.json(file, 200).require("id").text(), "")
                : null;
    }

    /** Every file is one that the API knows of. */
    private static void noLeftovers(Path place) throws IOException {
        try (Stream<Path> all = Files.walk(place)) {
            assertThat(all.filter(Files::isRegularFile)
                            .map(file -> place.relativize(file).toString()))
                    .allMatch(name -> name.matches("\\.tokapu-lock"
                            + "|files/file-[0-9a-f]{30}\\.(data|json)"
                            + "|batches/batch_[0-9a-f]{30}/batch\\.json"));
        }
    }

    @Test
    void tornLine_isDoneAgain() throws Exception {
        String id;
        Path output;
        byte[] whole;
        try (BatchFixture server = open(DataFolder.open(folder))) {
            server.api.hold = true;
            id = server.batch(ONE, "a", "b", "c");
            output = folder.resolve("batches").resolve(id).resolve("output.jsonl");
            for (int i = 1; i <= 2; i++) {
                await("a request", () -> !server.api.held.isEmpty());
                server.api.held.remove().respond(Map.of("text", "x"));
            }
            await("two", () -> server.api.prompts.size() == 3);
            whole = Files.readAllBytes(output);
        }
        for (int cut = 1; cut < whole.length; cut += 7) {
            byte[] torn = Arrays.copyOf(whole, whole.length - cut);
            Files.write(output, torn);
            if (cut % 2 == 0) { // after a power failure
                Files.write(output, new byte[100], StandardOpenOption.APPEND);
            }
            try (DataFolder disk = DataFolder.open(folder)) {
                dev.tokapu.server.files.FileStore files =
                        new dev.tokapu.server.files.FileStore(disk, FileLimits.defaults(), clock, Runnable::run);
                try (BatchOutput read = new BatchOutput(disk, files, "one", output.getParent())) {
                    int lines = new String(torn, StandardCharsets.UTF_8).split("\n", -1).length - 1;
                    assertThat(read.answers().lines()).as("cut by %d", cut).isEqualTo(lines);
                    assertThat(read.isDone(1)).isEqualTo(lines > 0);
                    assertThat(read.isDone(2)).isFalse();
                }
            }
        }
        try (BatchFixture server = open(DataFolder.open(folder))) {
            checkWhole(server, id, 3, 0);
        }
    }

    @Test
    void fullDisk_isToldToWhoUploads_andWaitedForByBatches() throws Exception {
        FailingDisk disk = new FailingDisk(folder, Integer.MAX_VALUE);
        try (BatchFixture server = open(disk.folder())) {
            server.api.hold = true;
            String id = server.batch(ONE, "a");
            await("the request", () -> server.api.held.size() == 1);
            disk.full(true);
            FakeExchange refused = server.upload(ONE, "x", Map.of("purpose", "user_data"), new byte[10]);
            assertThat(BatchFixture.json(refused, 503).require("error").object().text("code"))
                    .isEqualTo("storage_failed");
            assertThat(server.get(ONE, "/v1/files").elements("data")).hasSize(1);
            FakeExchange cancel = server.send(ONE, new FakeExchange("POST", "/v1/batches/" + id + "/cancel", ""));
            assertThat(cancel.status).isEqualTo(503);
            server.api.release();
            await("the failure", () -> server.batches.awaitIdle(Duration.ZERO));
            assertThat(server.get(ONE, "/v1/batches/" + id).text("status")).isEqualTo("in_progress");
            disk.full(false);
        }
        try (BatchFixture server = open(DataFolder.open(folder))) {
            JsonObject batch = only(server);
            assertThat(batch).isNotNull();
            checkWhole(server, batch.require("id").text(), 1, 0);
            noLeftovers(folder);
        }
    }
}
