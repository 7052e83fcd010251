package dev.tokapu.server.batches;

import static dev.tokapu.server.batches.BatchFixture.ONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.server.json.JsonObject;
import dev.tokapu.testsupport.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process is killed at any moment. */
@Timeout(300)
class BatchKillTest {

    private static final int KILLS = 4;

    @TempDir
    private Path folder;

    @Test
    void killedProcess_losesAndRepeatsNothing() throws Exception {
        Path place = folder.resolve("files");
        SplittableRandom random = new SplittableRandom(19);
        for (int kill = 0; kill < KILLS; kill++) {
            long before = written(place);
            Process process = new ChildJvm(BatchKillChild.class)
                    .start(folder.resolve("out"), folder.resolve("err"), List.of(place.toString()));
            try {
                while (written(place) < before + 10_000 && !isDone(place)) {
                    assertThat(process.isAlive())
                            .as(Files.readString(folder.resolve("err")))
                            .isTrue();
                    TimeUnit.MILLISECONDS.sleep(1);
                }
                TimeUnit.MICROSECONDS.sleep(random.nextInt(10_000));
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
        try (BatchFixture server = BatchKillChild.open(place)) {
            JsonObject batch =
                    server.get(ONE, "/v1/batches").elements("data").get(0).object();
            JsonObject done = server.awaitStatus(ONE, batch.require("id").text(), "completed");
            int failures = BatchKillChild.REQUESTS / 10;
            assertThat(done.require("request_counts").object().plain())
                    .isEqualTo(Map.of(
                            "total",
                            BatchKillChild.REQUESTS,
                            "completed",
                            BatchKillChild.REQUESTS - failures,
                            "failed",
                            failures));
            Map<String, JsonObject> answers = server.output(ONE, done.text("output_file_id"));
            assertThat(answers).hasSize(BatchKillChild.REQUESTS - failures);
            assertThat(answers.get("c17")
                            .require("response")
                            .object()
                            .require("body")
                            .object()
                            .text("text"))
                    .isEqualTo("71p");
            assertThat(server.output(ONE, done.text("error_file_id"))).hasSize(failures);
            assertThat(server.api.prompts).as("asked after the last kill").hasSizeLessThan(BatchKillChild.REQUESTS);
        }
    }

    /** Whether all is done already, on a machine that is busy with other things than this test. */
    private static boolean isDone(Path place) throws IOException {
        Path record = find(place, "batch.json");
        return record != null && Files.readString(record).contains("\"status\":\"completed\"");
    }

    /** What the batch has put out so far, in bytes. */
    private static long written(Path place) throws IOException {
        Path output = find(place, "output.jsonl");
        try {
            return output == null ? 0 : Files.size(output);
        } catch (NoSuchFileException e) { // it has got its name just now
            return 0;
        }
    }

    private static Path find(Path place, String name) throws IOException {
        Path batches = place.resolve("batches");
        if (!Files.exists(batches)) {
            return null;
        }
        try (Stream<Path> all = Files.list(batches)) {
            return all.map(batch -> batch.resolve(name))
                    .filter(Files::exists)
                    .findFirst()
                    .orElse(null);
        }
    }
}
