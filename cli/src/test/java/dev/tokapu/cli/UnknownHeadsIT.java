package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.TinyGguf;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file whose metadata tell of MTP heads that llama.cpp does not compute: that was an internal error, or one behind all weights. */
@Tag("ffm")
class UnknownHeadsIT {

    private static final String REASON = "the file has no tensors of the MTP heads that its metadata tells of";

    @TempDir
    static Path folder;

    private static String model;

    @BeforeAll
    static void write() {
        model = TinyGguf.builder()
                .mtpHead()
                .omitTensor("blk.2.nextn.eh_proj.weight")
                .build()
                .write(folder.resolve("unknown.gguf"))
                .toString();
    }

    private static void assertRefused(int exitCode, String... args) {
        Program.Result result = Program.run(args);
        assertThat(result.exitCode()).as(result.err()).isEqualTo(exitCode);
        assertThat(result.err()).contains(model, REASON);
    }

    @Test
    void fit_headsWithoutTensors_areNoInternalError() {
        assertRefused(ExitCode.MODEL, "fit", model, "--draft-mtp");
    }

    @Test
    void chat_headsWithoutTensors_areRefusedBeforeTheWeightsAreRead() {
        assertRefused(ExitCode.MODEL, "chat", "-q", "--model", model, "--draft-mtp", "abc");
        assertRefused(ExitCode.MODEL, "chat", "-q", "--model", model, "--draft-mtp", "--fit", "abc");
    }

    @Test
    void serve_headsWithoutTensors_areListedByCheck() throws Exception {
        Path config = Files.writeString(
                folder.resolve("tokapu.json"), "{\"presets\": [{\"path\": \"" + model + "\", \"draft-mtp\": true}]}");
        assertRefused(ExitCode.USAGE, "serve", "--config", config.toString(), "--check");
        assertRefused(ExitCode.MODEL, "serve", "--port", "0", "--model", model, "--draft-mtp");
    }
}
