package dev.tokapu.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.gguf.GgufFile;
import dev.tokapu.source.DownloadProgress;
import dev.tokapu.source.ModelSource;
import dev.tokapu.testsupport.LogCapture;
import dev.tokapu.testsupport.ScriptedHub;
import dev.tokapu.testsupport.ScriptedStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loading models by their names. */
class HubIT {

    @TempDir
    Path folder;

    private final ScriptedHub server = new ScriptedHub();

    @BeforeEach
    void settings() {
        System.setProperty(HubEnvironment.ENDPOINT, server.uri().toString());
        System.setProperty(HubEnvironment.OLLAMA_ENDPOINT, server.uri().toString());
        System.setProperty(HubEnvironment.CACHE, folder.resolve("hf").toString());
    }

    @AfterEach
    void reset() {
        server.close();
        System.clearProperty(HubEnvironment.ENDPOINT);
        System.clearProperty(HubEnvironment.OLLAMA_ENDPOINT);
        System.clearProperty(HubEnvironment.CACHE);
        System.clearProperty(HubEnvironment.OFFLINE);
    }

    private byte[] tiny() throws IOException {
        return Files.readAllBytes(TestModels.tinyFile());
    }

    @Test
    void load_hubName_downloadsOnceAndLoads() throws IOException {
        server.repo("org/Tiny-GGUF", Map.of("Tiny-F32.gguf", tiny()));
        server.storage().fail(ScriptedStorage.Fault.cutAfter(100));
        ModelSource source = ModelSource.of("hf://org/Tiny-GGUF");
        try (LogCapture log = LogCapture.start()) {
            try (Model model = Model.load(source)) {
                assertThat(model.vocab().size()).isPositive();
            }
            assertThat(log.messages(DownloadProgress.class.getName()))
                    .anySatisfy(line -> assertThat(line).contains("Downloading Tiny-F32.gguf"));
        }
        int before = server.requests().size();
        try (Model model = Model.load(source)) {
            assertThat(model.info().architecture())
                    .isEqualTo(GgufFile.open(source).architecture().orElseThrow());
        }
        assertThat(server.requests()).hasSize(before);
    }

    @Test
    void load_ollamaName_loads() throws IOException {
        server.ollama("library/tiny", "latest", tiny());
        try (Model model = Model.load(ModelSource.of("ollama://tiny"))) {
            assertThat(model.vocab().size()).isPositive();
        }
    }

    @Test
    void load_missing_saysWhatThereIs() throws IOException {
        server.repo("org/Tiny-GGUF", Map.of("Tiny-F32.gguf", tiny()));
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> Model.load(ModelSource.of("hf://org/Tiny-GGUF:Q4_0")))
                .withMessageContaining("cannot load model hf://org/Tiny-GGUF:Q4_0: ")
                .withMessageContaining("there are: F32");
        System.setProperty(HubEnvironment.OFFLINE, "true");
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> Model.load(ModelSource.of("hf://org/Tiny-GGUF")))
                .withMessageContaining("offline");
    }
}
