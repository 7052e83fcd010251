package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.source.Download;
import dev.tokapu.testsupport.ScriptedHub;
import dev.tokapu.testsupport.TinyGguf;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PullIT {

    private static final String NAME = "hf://org/Tiny-GGUF:F32";

    @TempDir
    Path folder;

    private final ScriptedHub hub = new ScriptedHub();

    @BeforeEach
    void repo() throws IOException {
        byte[] tiny = Files.readAllBytes(TinyGguf.writeTo(folder));
        hub.repo("org/Tiny-GGUF", Map.of("Tiny-F32.gguf", tiny)).ollama("library/tiny", "latest", tiny);
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    private List<String> settings() {
        return List.of(
                "-Dtokapu.hub.endpoint=" + hub.uri(),
                "-Dtokapu.hub.ollama.endpoint=" + hub.uri(),
                "-Dtokapu.hub.cache=" + folder.resolve("hf"),
                "-Duser.home=" + folder);
    }

    private Program.Result run(String... args) {
        return Program.runWith(settings(), args);
    }

    @Test
    void pull_listAndRemove_areOneModelsLife() {
        Program.Result pulled = run("pull", NAME);
        assertThat(pulled.exitCode()).as(pulled.err()).isZero();
        Path file = Path.of(pulled.out().strip());
        assertThat(file).isRegularFile().startsWith(folder.resolve("hf"));
        assertThat(pulled.err()).contains("Downloading Tiny-F32.gguf");

        assertThat(run("list").out()).contains(NAME, file.toString());
        assertThat(JsonText.flat(run("list", "--json").out())).containsEntry("/models/0/name", NAME);

        Program.Result removed = run("rm", NAME);
        assertThat(removed.exitCode()).as(removed.err()).isZero();
        assertThat(file).doesNotExist();
        assertThat(run("rm", NAME).exitCode()).isEqualTo(ExitCode.MODEL);
    }

    @Test
    void model_hubName_isDownloadedOnce() {
        Program.Result first = run("run", "--model", NAME, "--greedy", "-n", "2", "-q", "a");
        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(first.err()).isEmpty();
        int before = hub.requests().size();
        Program.Result again = run("run", "--offline", "--model", NAME, "--greedy", "-n", "2", "-q", "a");
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(again.out()).isEqualTo(first.out());
        assertThat(hub.requests()).hasSize(before);
    }

    @Test
    @Tag("ffm")
    void model_hubName_isTakenByTheOtherCommands() {
        Program.Result inspected = run("gguf", "show", "ollama://tiny", "--json");
        assertThat(inspected.exitCode()).as(inspected.err()).isZero();
        Program.Result fitted = run("fit", "ollama://tiny", "--margin", "0");
        assertThat(fitted.out()).as(fitted.err()).contains("ollama://tiny");
        Path smaller = folder.resolve("smaller.gguf");
        Program.Result quantized = run("quantize", NAME, smaller.toString(), "q8_0");
        assertThat(quantized.exitCode()).as(quantized.err()).isZero();
        assertThat(smaller).isRegularFile();
    }

    @ParameterizedTest
    @Tag("ffm")
    @CsvSource({
        "hf://org/Tiny-GGUF:Q4_0, 3, there are: F32",
        "hf://org/none, 3, does not exist",
        "hf://org, 2, no name of a model",
        "ftp://host/m.gguf, 2, hf://",
        "model.gguf, 2, no name of a model on a hub"
    })
    void pull_other_saysWhatToDo(String name, int code, String said) {
        Program.Result result = run("pull", name);
        assertThat(result.exitCode()).as(result.err()).isEqualTo(code);
        assertThat(result.err()).contains(said).doesNotContain("\tat ");
        assertThat(result.out()).isEmpty();
    }

    @Test
    @Tag("ffm")
    void model_offline_isNotDownloaded() {
        Program.Result result = run("run", "--offline", "--model", NAME, "a");
        assertThat(result.exitCode()).isEqualTo(ExitCode.MODEL);
        assertThat(result.err()).contains("offline");
        assertThat(hub.requests()).isEmpty();
    }

    @Test
    @Tag("ffm")
    void bar_download_isOneLine() {
        assertThat(DownloadBar.text(new Download("m.gguf", "", 0, -1, 0, false)))
                .isEqualTo("Asking for m.gguf");
        assertThat(DownloadBar.text(new Download("m.gguf", "", 1 << 20, 4 << 20, 1 << 20, false)))
                .isEqualTo("m.gguf 25 % of 4.00 MiB, 1.00 MiB/s, 0:03 left");
        assertThat(DownloadBar.text(new Download("m.gguf", "", 2 << 20, 4 << 20, 0, true)))
                .isEqualTo("Checking m.gguf 50 %");
    }

    @Test
    void serve_presetsOfAHub_areDownloadedWhenTheyAreWanted() throws Exception {
        Path config = Files.writeString(
                folder.resolve("tokapu.json"),
                "{\"port\": 0, \"threads\": 1, \"ctx\": 64, \"allow-pull\": true, \"presets\": [{\"path\": \"" + NAME
                        + "\", \"pinned\": true}, {\"path\": \"hf://org/none\"}]}");
        Program.Result checked = run("serve", "--check", "--config", config.toString());
        assertThat(checked.exitCode()).as(checked.err()).isZero();
        assertThat(checked.out())
                .contains("The model 'org/Tiny-GGUF:F32' would be downloaded: " + NAME + ", at the start")
                .contains("The model 'org/none' would be downloaded: hf://org/none, by the first request for it");
        assertThat(hub.requests()).isEmpty();

        Program.Running running = Program.startWith(settings(), "serve", "--config", config.toString());
        try {
            Pattern place = Pattern.compile(" at (http://127\\.0\\.0\\.1:\\d+) ");
            while (!place.matcher(Files.readString(running.out())).find()) {
                assertThat(running.process().isAlive())
                        .as(Files.readString(running.err()))
                        .isTrue();
                Thread.sleep(20);
            }
            assertThat(Files.readString(running.err())).contains("Downloading Tiny-F32.gguf");
            Matcher found = place.matcher(Files.readString(running.out()));
            assertThat(found.find()).isTrue();
            assertThat(send(found.group(1) + "/v1/models/org/Tiny-GGUF:F32", ""))
                    .contains("\"loaded\"");
            assertThat(send(found.group(1) + "/api/pull", "{\"model\":\"tiny\"}"))
                    .contains("\"success\"");
            assertThat(send(
                            found.group(1) + "/v1/completions",
                            "{\"model\":\"tiny\",\"prompt\":\"a\",\"max_tokens\":1}"))
                    .contains("choices");
        } finally {
            running.process().destroyForcibly();
        }
    }

    private static String send(String url, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        return HttpClient.newHttpClient()
                .send(
                        body.isEmpty()
                                ? request.build()
                                : request.POST(HttpRequest.BodyPublishers.ofString(body))
                                        .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
