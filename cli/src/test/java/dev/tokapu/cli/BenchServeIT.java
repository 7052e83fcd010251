package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.TinyGguf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** ./tokapu bench --serve. */
@Timeout(300)
class BenchServeIT {

    private static final Pattern PLACE = Pattern.compile("Serving tiny at (http://127\\.0\\.0\\.1:\\d+) ");
    private static final String KEY = "sk-0123456789abcdef";

    private static String place(Program.Running running) throws Exception {
        while (running.process().isAlive()) {
            Matcher place = PLACE.matcher(Files.readString(running.out()));
            if (place.find()) {
                return place.group(1);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        throw new AssertionError(Files.readString(running.err()));
    }

    @Test
    void ourServer_answersAllRequestsAtTheirFullLength(@TempDir Path folder) throws Exception {
        String keys =
                Files.writeString(folder.resolve("keys"), KEY + " name=one\n").toString();
        String model = TinyGguf.writeTo(folder).toString();
        Program.Running server = Program.start("", "serve", "-m", model, "--port", "0", "--api-key-file", keys);
        try {
            String url = place(server);
            for (String endpoint : new String[] {"chat", "completions"}) {
                Program.Result result = Program.run(
                        "bench",
                        "--serve=" + url,
                        "--api-key-file=" + keys,
                        "--endpoint=" + endpoint,
                        "--users=3",
                        "--requests=9",
                        "--prompt=4",
                        "--gen=6",
                        "--goodput=e2el:600000",
                        "--json");
                assertThat(result.exitCode()).as(result.err()).isZero();
                Map<String, String> figures = JsonText.flat(result.out());
                assertThat(figures)
                        .as(result.out())
                        .containsEntry("/model_id", "tiny")
                        .containsEntry("/ignore_eos", "true")
                        .containsEntry("/completed", "9")
                        .containsEntry("/failed", "0")
                        .containsEntry("/total_output_tokens", "54")
                        .containsEntry("/request_goodput", figures.get("/request_throughput"));
                assertThat(Double.parseDouble(figures.getOrDefault("/mean_tpot_ms", "0")))
                        .isPositive();
            }
            Program.Result refused = Program.run("bench", "--serve", url);
            assertThat(refused.exitCode()).isEqualTo(ExitCode.SERVER);
            assertThat(refused.err()).contains("status 401", "--api-key-file").doesNotContain("Exception");
        } finally {
            server.process().destroyForcibly();
        }
    }

    @Test
    @Tag("ffm")
    void interrupted_printsWhatThereIsSoFar() throws Exception {
        try (ScriptedServer server = ScriptedServer.streaming("{\"choices\":[{\"text\":\"a\"}]}", "[DONE]")) {
            Program.Running running = Program.start(
                    "", "bench", "--serve", server.url(), "--requests", "100000", "--prompt", "1", "--gen", "1");
            try {
                while (server.heads.size() < 20) {
                    assertThat(running.process().isAlive())
                            .as(Files.readString(running.err()))
                            .isTrue();
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                }
                new ProcessBuilder(
                                "kill", "-INT", Long.toString(running.process().pid()))
                        .start()
                        .waitFor();
                Program.Result result = Program.await(running);
                assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCode.INTERRUPTED);
                assertThat(result.out()).contains(" answered, 0 refused, 0 failed", "| TTFT ");
                assertThat(result.err()).contains("Interrupted").doesNotContain("Exception");
            } finally {
                running.process().destroyForcibly();
            }
        }
    }
}
