package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.ControlVector;
import dev.tokapu.testsupport.LoraWriter;
import dev.tokapu.testsupport.TinyGguf;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** ./tokapu serve with several models and a configuration. */
@Timeout(300)
class ServeModelsIT {

    private static final Pattern PLACE = Pattern.compile("Serving (.+) at (http://127\\.0\\.0\\.1:\\d+) ");
    private static final String KEY = "sk-0123456789abcdef";

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    /** What becomes true before the program ends. */
    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Program.Running running, Condition condition) throws Exception {
        while (!condition.holds()) {
            assertThat(running.process().isAlive())
                    .as(Files.readString(running.err()))
                    .isTrue();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static Matcher greeting(Program.Running running) throws Exception {
        await(running, () -> PLACE.matcher(Files.readString(running.out())).find());
        Matcher place = PLACE.matcher(Files.readString(running.out()));
        assertThat(place.find()).isTrue();
        return place;
    }

    private HttpResponse<String> send(String url, String key, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).header("authorization", "Bearer " + key);
        return client.send(
                body.isEmpty()
                        ? request.build()
                        : request.POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private int complete(String url, String key, String model) throws Exception {
        return send(url + "/v1/completions", key, "{\"model\":\"" + model + "\",\"prompt\":\"a\",\"max_tokens\":1}")
                .statusCode();
    }

    private Path write(String name, String text) throws Exception {
        Path next = Files.writeString(folder.resolve("next"), text);
        return Files.move(next, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void folder_isServedByNames() throws Exception {
        Files.move(TinyGguf.writeTo(folder), folder.resolve("one.gguf"));
        Path audit = folder.resolve("audit.jsonl");
        Program.Running running = Program.start(
                "",
                "serve",
                "--port",
                "0",
                "--threads",
                "1",
                "--ctx",
                "64",
                "--devices",
                "CPU,cpu",
                "--models",
                folder.toString(),
                "--access-log",
                "--access-log-format",
                "json",
                "--audit-log",
                audit.toString());
        try {
            String url = greeting(running).group(2);
            assertThat(greeting(running).group(1)).isEqualTo("one");
            assertThat(send(url + "/v1/models", "", "").body()).contains("\"unloaded\"");
            assertThat(complete(url, "", "one")).isEqualTo(200);
            assertThat(send(url + "/v1/models", "", "").body()).contains("\"loaded\"");
            assertThat(send(url + "/tokapu/engine", "", "").body())
                    .contains("\"max_sequences\":16")
                    .containsPattern("\"replicas\":\\[\\{[^}]*\"max_sequences\":8[^}]*\\},\\{[^}]*\"max_sequences\":8");
            await(running, () -> Files.readString(audit).contains("\"model\":\"one\""));
            assertThat(Files.readString(audit)).doesNotContain("/v1/").contains("\"output_tokens\":1");
            await(running, () -> Files.readString(running.err()).contains("\"path\":\"/v1/models\""));
            Files.copy(folder.resolve("one.gguf"), folder.resolve("two.gguf"));
            await(running, () -> complete(url, "", "two") == 200);
        } finally {
            running.process().destroyForcibly();
        }
    }

    @Test
    @Tag("ffm")
    void configuration_isReadAgain_andABadOneChangesNothing() throws Exception {
        Path model = TinyGguf.writeTo(folder);
        write("keys", KEY + " name=one\n");
        String begin =
                "{\"port\": 0, \"threads\": 1, \"ctx\": 64, \"api-key-file\": \"keys\", \"presets\": [{\"path\": \""
                        + model.getFileName() + "\", \"name\": \"";
        Path config = write("tokapu.json", begin + "first\"}]}");
        Program.Running running = Program.start("", "serve", "--config", config.toString());
        try {
            String url = greeting(running).group(2);
            assertThat(complete(url, KEY, "first")).isEqualTo(200);
            write("tokapu.json", begin + "second\"}]}");
            await(running, () -> complete(url, KEY, "second") == 200);
            assertThat(complete(url, KEY, "first")).isEqualTo(404);
            write("tokapu.json", begin + "third\", \"parralel\": 1}]}");
            await(running, () -> Files.readString(running.err()).contains("did you mean 'parallel'"));
            assertThat(complete(url, KEY, "second")).isEqualTo(200);
            write("keys", "sk-fedcba9876543210\n");
            await(running, () -> complete(url, "sk-fedcba9876543210", "second") == 200);
            assertThat(complete(url, KEY, "second")).isEqualTo(401);
            String before = Files.readString(running.err());
            new ProcessBuilder("kill", "-HUP", Long.toString(running.process().pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            await(running, () -> !Files.readString(running.err()).equals(before));
            assertThat(complete(url, "sk-fedcba9876543210", "second")).isEqualTo(200);
        } finally {
            running.process().destroyForcibly();
        }
    }

    @Test
    @Tag("ffm")
    void check_tellsAllThatIsWrong() throws Exception {
        Path model = TinyGguf.writeTo(folder);
        LoraWriter.ofTiny(1).write(folder.resolve("law.gguf"));
        ControlVector.of(List.of(new float[64])).write(folder.resolve("calm.gguf"), "llama");
        Path good = write(
                "tokapu.json",
                "{\"ctx\": 64, \"files\": \"new\", \"presets\": [{\"name\": \"a\", \"path\": \"" + model.getFileName()
                        + "\", \"devices\": \"CPU,CPU\", \"parallel\": 3, \"adapters\": [{\"path\": \"law.gguf\"},"
                        + " {\"path\": \"calm.gguf\", \"layers\": [1, 1]}]}]}");
        Program.Result result = Program.run("serve", "--config", good.toString(), "--check");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).contains("Nothing is wrong: a");
        assertThat(folder.resolve("new")).doesNotExist();
        Path noFolder = write("tokapu.json", "{\"files\": \"" + model.getFileName() + "\", \"presets\": []}");
        Path noAudit = folder.resolve("none").resolve("audit");
        result = Program.run("serve", "--config", noFolder.toString(), "--check", "--audit-log", noAudit.toString());
        assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(result.err()).contains("--audit-log " + noAudit + " cannot be written");
        assertThat(result.err()).contains("the folder " + model + " cannot be written");
        TinyGguf.write(folder.resolve("torn.gguf"), TinyGguf.garbage(100));
        write("keys", "short\n");
        Path bad = write(
                "tokapu.json",
                "{\"api-key-file\": \"keys\", \"tls-cert\": \"no-cert\", \"tls-key\": \"no-key\", \"otlp-endpoint\": \"nowhere\","
                        + " \"access-log-format\": \"xml\", \"presets\": [{\"path\": \"none.gguf\"},"
                        + " {\"path\": \"torn.gguf\"},"
                        + "{\"path\": \"law.gguf\"}, {\"name\": \"b\", \"path\": \"" + model.getFileName()
                        + "\", \"adapters\": [{\"path\": \"" + model.getFileName() + "\"},"
                        + "{\"path\": \"calm.gguf\", \"layers\": [1, 2]},"
                        + "{\"path\": \"law.gguf\", \"layers\": [1, 1]}]}]}");
        result = Program.run("serve", "--config", bad.toString(), "--check");
        assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(result.err())
                .contains(
                        "line 1 of the API keys",
                        "no-cert",
                        "--access-log-format xml is not known",
                        "traces cannot be sent",
                        "nowhere",
                        "'none'",
                        "'torn'",
                        "'law'",
                        "no LoRA adapter",
                        "layers 1 to 2 of a control vector that has directions for layers 1 to 1",
                        "only control vectors take them")
                .doesNotContain("Exception");
    }

    @Test
    @Tag("ffm")
    void wrongConfiguration_saysWhere() throws Exception {
        Path config = write("tokapu.json", "{\n  \"prot\": 1\n}");
        Program.Result result = Program.run("serve", "--config", config.toString());
        assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(result.err()).contains(config + ":2:3: 'prot' is not known; did you mean 'port'?");
        Path model = TinyGguf.writeTo(folder);
        write("tokapu.json", "{\"presets\": [{\"path\": \"" + model.getFileName() + "\"}]}");
        result = Program.run("serve", "--config", config.toString(), "--draft-model", model.toString());
        assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(result.err()).contains("--draft-model drafts for the model of --model, which is not given");
        write("tokapu.json", "{\"presets\": [{\"devices\": \"CUDA7\", \"path\": \"" + model.getFileName() + "\"}]}");
        assertThat(Program.run("serve", "--config", config.toString()).err())
                .contains("no device is called 'CUDA7'", config + ":1:");
        write("tokapu.json", "{\n  \"port\": \"x\"\n}");
        assertThat(Program.run("serve", "--config", config.toString()).err()).contains("--port", config + ":2:3");
    }
}
