package dev.tokapu.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.testsupport.ScriptedStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OllamaTest extends HubFixture {

    private static final byte[] WEIGHTS = model(250_000, 1);

    @Test
    void download_model_takesTheWeightsAlone() {
        server.ollama("library/tiny", "1b", WEIGHTS);
        Path file = hub().download("ollama://tiny:1b", download -> true);
        assertThat(content(file)).isEqualTo(WEIGHTS);
        assertThat(file).endsWith(Path.of("blobs/sha256-" + ScriptedStorage.sha256(WEIGHTS)));
        assertThat(cached()).hasSize(2); // and the manifest
        assertThat(hub().find("ollama://tiny:1b")).contains(file);
        assertThat(hub().find("ollama://tiny")).isEmpty();
        assertThat(server.storage().requests())
                .allSatisfy(request -> assertThat(request.path()).contains(ScriptedStorage.sha256(WEIGHTS)));
    }

    @Test
    void download_ofUser_isNotOfTheLibrary() {
        server.ollama("somebody/tiny", "latest", WEIGHTS);
        hub().download("ollama://somebody/tiny", download -> true);
        assertThat(hub().list()).extracting(CachedModel::name).containsExactly("ollama://somebody/tiny:latest");
    }

    @Test
    void download_tagThatMoves_isTheNewOne() {
        server.ollama("library/tiny", "latest", WEIGHTS);
        Path before = hub().download("ollama://tiny", download -> true);
        server.ollama("library/tiny", "latest", model(250_000, 2));
        assertThat(hub().find("ollama://tiny")).contains(before);
        assertThat(hub().download("ollama://tiny", download -> true)).isNotEqualTo(before);
    }

    @Test
    void download_unknown_isRefused() {
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> hub().download("ollama://tiny", download -> true))
                .withMessageContaining("answered 404")
                .withMessageContaining("nothing by that name");
    }

    @Test
    void find_ofOllamaItself_isUsedAndNotRemoved() throws IOException {
        server.ollama("library/tiny", "latest", WEIGHTS);
        hub().download("ollama://tiny", download -> true);
        Path theirs = folder.resolve("theirs");
        copy(folder.resolve("other/ollama"), theirs);
        Folders.delete(folder.resolve("other"));
        Hub hub = Hub.open(options().ollamaModels(theirs).build());
        assertThat(hub.find("ollama://tiny"))
                .hasValueSatisfying(file -> assertThat(file).startsWith(theirs));
        int before = server.storage().requests().size();
        assertThat(hub.download("ollama://tiny", download -> true)).startsWith(theirs);
        assertThat(server.storage().requests()).hasSize(before);
        assertThat(hub.remove("ollama://tiny")).isZero(); // our manifest
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> hub.remove("ollama://tiny"))
                .withMessageContaining("ollama rm");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    @Test
    void remove_sharedWeights_stayUntilTheLast() {
        server.ollama("library/tiny", "latest", WEIGHTS).ollama("library/tiny", "1b", WEIGHTS);
        Hub hub = hub();
        hub.download("ollama://tiny", download -> true);
        hub.download("ollama://tiny:1b", download -> true);
        assertThat(hub.remove("ollama://tiny")).isZero();
        assertThat(hub.find("ollama://tiny:1b")).isPresent();
        assertThat(hub.remove("ollama://tiny:1b")).isEqualTo(250_000);
        assertThat(hub.remove("ollama://tiny:1b")).isEqualTo(-1);
        assertThat(cached()).isEmpty();
    }
}
