package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.TinyGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufShowTest {

    @TempDir
    private Path directory;

    private final FakeConsole fake = new FakeConsole("");

    @Test
    void show_garbage_exitsWith3() throws IOException {
        Path garbage = Files.writeString(directory.resolve("garbage.gguf"), "not a model");
        assertThat(fake.run("gguf", "show", garbage.toString())).isEqualTo(ExitCode.MODEL);
        assertThat(fake.err()).contains("garbage.gguf").hasLineCount(1);
        assertThat(fake.out()).isEmpty();
    }

    @Test
    void show_missingFile_exitsWith3() {
        assertThat(fake.run("gguf", "show", "/nowhere.gguf")).isEqualTo(ExitCode.MODEL);
        assertThat(fake.err()).contains("/nowhere.gguf");
    }

    @Test
    void show_twoFiles_isUsageError() {
        assertThat(fake.run("gguf", "show", "a.gguf", "--model", "b.gguf")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void show_defaultModel_showsAllParts() {
        assertThat(fake.run("gguf", "show")).as(fake.err()).isZero();
        assertThat(fake.out())
                .contains("general.architecture", "\"llama\"", "token_embd.weight", "576 x 49152", "Chat template");
    }

    @Test
    void show_modelWithMtpHeads_saysSo() {
        Path file = TinyGguf.builder().mtpHead().build().write(directory.resolve("heads.gguf"));
        assertThat(fake.run("gguf", "show", file.toString())).as(fake.err()).isZero();
        assertThat(fake.out()).contains("MTP heads: 1 (see --draft-mtp)");
        assertThat(fake.run("gguf", "show")).isZero();
        assertThat(fake.out()).containsOnlyOnce("MTP heads");
    }

    @Test
    void show_template_printsNothingElse() {
        assertThat(fake.run("gguf", "show", "--template")).isZero();
        assertThat(fake.out()).startsWith("{%").contains("<|im_start|>").doesNotContain("Metadata");
    }

    @Test
    void show_json_hasTheParts() {
        assertThat(fake.run("gguf", "show", "--json")).isZero();
        assertThat(JsonText.flat(fake.out()))
                .containsEntry("/metadata/general.architecture", "llama")
                .containsEntry("/metadata/tokenizer.ggml.tokens/size", "49152")
                .containsKeys("/tensors/0/name", "/tensors/0/bytes", "/template");
    }

    @Test
    void values_longOnes_areShortened() {
        assertThat(Values.shown("x".repeat(100), false))
                .endsWith("(100 characters)")
                .hasSizeLessThan(80);
        assertThat(Values.shown("x".repeat(100), true)).isEqualTo('"' + "x".repeat(100) + '"');
        assertThat(Values.shown(List.of(1, 2, 3, 4, 5, 6, 7), false)).isEqualTo("[7] 1, 2, 3, 4, 5, 6, ...");
        assertThat(Values.shown(new int[] {1, 2}, false)).isEqualTo("[2] 1, 2");
        assertThat(Values.shown("a\n\"b\"", false)).isEqualTo("\"a\\n\\\"b\\\"\"");
        assertThat(Values.shown("a\033]0;b\007", false)).isEqualTo("\"a\\u{1b}]0;b\\u{7}\"");
        assertThat(Values.shape(new long[] {576, 49152})).isEqualTo("576 x 49152");
    }
}
