package dev.tokapu.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.testsupport.TinyGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufEditTest {

    private static final String CONTEXT = "llama.context_length";

    @TempDir
    Path folder;

    private Path path;
    private Path original;

    @BeforeEach
    void write() {
        byte[] bytes = TinyGguf.builder().build().bytes();
        path = TinyGguf.write(folder.resolve("x.gguf"), bytes);
        original = TinyGguf.write(folder.resolve("original.gguf"), bytes);
    }

    private static MetadataValue number(long value) {
        return MetadataValue.of(MetadataType.UINT32, value);
    }

    @Test
    void set_number_changesItsBytesAlone() throws IOException {
        Object inode = Files.getAttribute(path, "unix:ino");
        assertThat(GgufEdit.of(path).set(CONTEXT, number(1024)).apply()).isEqualTo(GgufEdit.Outcome.IN_PLACE);
        assertThat(GgufFile.open(path).metadata()).containsEntry(CONTEXT, 1024L);
        assertThat(Files.getAttribute(path, "unix:ino")).isEqualTo(inode);
        GgufEdit.of(path).set(CONTEXT, number(512)).apply();
        assertThat(Files.mismatch(path, original)).isEqualTo(-1);
    }

    @Test
    void set_sameValue_writesNothing() throws IOException {
        Files.setLastModifiedTime(path, java.nio.file.attribute.FileTime.fromMillis(0));
        assertThat(GgufEdit.of(path).set(CONTEXT, number(512)).apply()).isEqualTo(GgufEdit.Outcome.UNCHANGED);
        assertThat(Files.getLastModifiedTime(path).toMillis()).isZero();
    }

    @Test
    void set_longText_rewritesTheFile() throws IOException {
        MetadataValue name = MetadataValue.text("n".repeat(5000));
        assertThat(GgufEdit.of(path).set("general.name", name).apply()).isEqualTo(GgufEdit.Outcome.REWRITTEN);
        GgufDiff diff = GgufDiff.of(original, path);
        assertThat(diff.tensors()).isEmpty();
        assertThat(diff.metadata()).extracting(GgufDiff.Difference::name).containsExactly("general.name");
        assertThat(GgufEdit.of(path).remove("general.name").apply()).isEqualTo(GgufEdit.Outcome.REWRITTEN);
        assertThat(GgufFile.open(path).text("general.name")).isEmpty();
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void apply_symbolicLink_isRefused() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link.gguf"), path);
        assertThatExceptionOfType(GgufException.class)
                .isThrownBy(() -> GgufEdit.of(link).set(CONTEXT, number(1)).apply())
                .withMessageContaining("symbolic link");
    }

    @Test
    void apply_randomEdits_equalAMapOfThem() throws IOException {
        Random random = new Random(5);
        Map<String, MetadataValue> expected =
                new LinkedHashMap<>(GgufFile.open(path).values());
        int inPlace = 0;
        for (int i = 0; i < 60; i++) {
            GgufEdit edit = GgufEdit.of(path);
            String key = random.nextBoolean() ? CONTEXT : "key." + random.nextInt(6);
            if (random.nextInt(4) == 0 && !key.equals(CONTEXT)) {
                edit.remove(key);
                expected.remove(key);
            } else {
                MetadataValue value = random.nextBoolean()
                        ? number(random.nextInt(100))
                        : MetadataValue.of(MetadataType.STRING, List.of("t".repeat(random.nextInt(40))));
                edit.set(key, value);
                expected.put(key, value);
            }
            inPlace += edit.apply() == GgufEdit.Outcome.IN_PLACE ? 1 : 0;
            assertThat(GgufFile.open(path).values()).isEqualTo(expected);
            assertThat(GgufDiff.of(original, path).tensors()).isEmpty();
        }
        assertThat(inPlace).isPositive();
    }
}
