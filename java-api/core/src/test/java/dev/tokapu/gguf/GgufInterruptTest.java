package dev.tokapu.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.TinyGguf;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An interrupt, which closes channels, is kept for what comes after and does not end the work on a file. */
class GgufInterruptTest {

    @TempDir
    Path folder;

    private Path model;

    @BeforeEach
    void interrupt() {
        model = TinyGguf.write(
                folder.resolve("x.gguf"), TinyGguf.builder().build().bytes());
        Thread.currentThread().interrupt();
    }

    @AfterEach
    void isKept() {
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void splitAndMerge_goOn() {
        List<Path> parts = GgufSplit.byTensors(4).split(model, folder.resolve("part"));
        Path merged = folder.resolve("merged.gguf");
        GgufSplit.merge(parts.get(0), merged);
        assertThat(GgufDiff.of(model, merged).tensors()).isEmpty();
    }

    @Test
    void hash_goesOn() {
        String whole = GgufHash.of(model, HashKind.SHA256).whole();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(whole).isEqualTo(GgufHash.of(model, HashKind.SHA256).whole());
        Thread.currentThread().interrupt();
    }

    @Test
    void edit_inPlaceAndRewritten_goesOn() {
        MetadataValue longer =
                MetadataValue.text("a name that is longer than it was before, by more than a little".repeat(9));
        assertThat(GgufEdit.of(model)
                        .set("llama.context_length", MetadataValue.of(MetadataType.UINT32, 77))
                        .apply())
                .isEqualTo(GgufEdit.Outcome.IN_PLACE);
        assertThat(GgufEdit.of(model).set("general.name", longer).apply()).isEqualTo(GgufEdit.Outcome.REWRITTEN);
        assertThat(GgufFile.open(model).metadata())
                .containsEntry("llama.context_length", 77L)
                .containsEntry("general.name", longer.value());
        assertThat(folder.toFile().list()).hasSize(1);
    }
}
