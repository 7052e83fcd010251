package dev.tokapu.server.batches;

import static dev.tokapu.server.batches.BatchFixture.ONE;
import static dev.tokapu.server.batches.BatchFixture.TWO;
import static dev.tokapu.server.batches.BatchFixture.await;
import static dev.tokapu.server.batches.BatchFixture.counts;
import static dev.tokapu.server.batches.BatchFixture.expected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.server.batches.BatchFixture.ChangingKeys;
import dev.tokapu.server.batches.BatchFixture.FakeClock;
import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.server.disk.DataFolder;
import dev.tokapu.server.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Batches that outlive their server, or their key. */
@Timeout(120)
class BatchRestartTest {

    @TempDir
    private Path folder;

    private final ChangingKeys keys = new ChangingKeys();
    private BatchFixture server;

    @BeforeEach
    void start() {
        start(50);
    }

    private void start(int requests) {
        server = new BatchFixture(folder, new FakeClock(), keys, new BatchLimits(2, requests, 100_000, 1000, 3, 4));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private void restart() {
        server.close();
        start();
    }

    @Test
    void restart_goesOnWithWhatIsNotDone() {
        server.api.hold = true;
        String[] prompts = IntStream.range(0, 20).mapToObj(i -> "p" + i).toArray(String[]::new);
        String id = server.batch(ONE, prompts);
        await("two requests", () -> server.api.held.size() == 2);
        server.api
                .held
                .remove()
                .respond(Map.of("text", "first", "usage", Map.of("prompt_tokens", 5, "completion_tokens", 2)));
        await("the next", () -> server.api.prompts.size() == 3);
        restart();
        JsonObject done = server.awaitStatus(ONE, id, "completed");
        assertThat(counts(done)).isEqualTo(expected(20, 20, 0));
        assertThat(server.output(ONE, done.text("output_file_id"))).hasSize(20);
        assertThat(server.api.prompts).hasSize(19);
        assertThat(done.require("usage").object().require("total_tokens").integer(0, 99))
                .as("those of before the restart")
                .isEqualTo(7);
    }

    @Test
    void counts_areOnTheDisk_atEachPercentAndAtTheEnd() throws Exception {
        server.close();
        start(250);
        server.api.hold = true;
        String[] prompts = IntStream.range(0, 250).mapToObj(i -> "p" + i).toArray(String[]::new);
        String id = server.batch(ONE, prompts);
        for (int done = 1; done <= 4; done++) {
            await("a request", () -> !server.api.held.isEmpty());
            server.api
                    .held
                    .remove()
                    .respond(Map.of("text", "x", "usage", Map.of("prompt_tokens", 5, "completion_tokens", 2)));
            int expected = done;
            await(
                    "its count",
                    () -> counts(server.get(ONE, "/v1/batches/" + id)).equals(expected(250, expected, 0)));
        }
        assertThat(recorded(id).completed()).as("after a crash").isEqualTo(3);
        server.close();
        assertThat(recorded(id))
                .as("after a restart")
                .isEqualTo(new Batch.Counts(250, 4, 0, new BatchUsage(20, 0, 8, 0)));
    }

    private Batch.Counts recorded(String id) throws IOException {
        return BatchJson.read(Files.readAllBytes(folder.resolve("batches/" + id + "/batch.json")))
                .counts();
    }

    @Test
    void drain_beginsNoMore_andWaitsForWhatRuns() {
        server.api.hold = true;
        String id = server.batch(ONE, "a", "b", "c");
        await("two requests", () -> server.api.held.size() == 2);
        server.batches.pause();
        assertThat(server.batches.awaitIdle(Duration.ofMillis(10))).isFalse();
        server.api.release();
        assertThat(server.batches.awaitIdle(Duration.ofMinutes(1))).isTrue();
        assertThat(counts(server.get(ONE, "/v1/batches/" + id))).isEqualTo(expected(3, 2, 0));
        restart();
        server.awaitStatus(ONE, id, "completed");
        assertThat(server.api.prompts).containsExactly("c");
    }

    @Test
    void keyThatVanishes_pausesItsBatches_untilItIsBack() {
        server.api.hold = true;
        String id = server.batch(ONE, "a", "b", "c");
        await("two requests", () -> server.api.held.size() == 2);
        ApiKeys before = keys.keys;
        keys.keys = ApiKeys.parse(List.of("sk-new-0123456789abcdef name=one tenant=another", TWO + " name=two"));
        server.api.release();
        await("what ran", () -> server.batches.awaitIdle(Duration.ZERO));
        String other = server.batch(TWO, "x");
        server.awaitStatus(TWO, other, "completed");
        assertThat(server.api.prompts).containsExactlyInAnyOrder("a", "b", "x");
        keys.keys = ApiKeys.parse(List.of("sk-rotated-0123456789abcdef name=one"));
        server.awaitStatus("sk-rotated-0123456789abcdef", id, "completed");
        keys.keys = before;
        assertThat(counts(server.get(ONE, "/v1/batches/" + id))).isEqualTo(expected(3, 3, 0));
    }

    @Test
    void folder_isOfOneServerAtATime() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DataFolder.open(folder))
                .withMessageContaining("in use by another server");
        assertThatIllegalArgumentException().as("the first still has it").isThrownBy(() -> DataFolder.open(folder));
        server.close();
        DataFolder.open(folder).close();
    }

    @Test
    void folderThatCannotBeRead_isLetGo() throws IOException {
        server.close();
        Path batches = folder.resolve("batches");
        Files.delete(batches);
        Files.writeString(batches, "no folder");
        assertThatIllegalArgumentException().isThrownBy(this::start).withMessageContaining("cannot be read");
        Files.delete(batches);
        start();
    }
}
