package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.gguf.GgufFile;
import dev.tokapu.testsupport.TinyGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GgufCommandTest {

    @TempDir
    private Path folder;

    private final FakeConsole fake = new FakeConsole("");
    private String model = "";

    @BeforeEach
    void write() {
        byte[] bytes = TinyGguf.builder().build().bytes();
        model = TinyGguf.write(folder.resolve("x.gguf"), bytes).toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"show", "check", "set", "split", "merge", "hash", "diff"})
    void help_ofEachCommand_namesItAndJson(String command) {
        assertThat(fake.run("gguf", command, "--help")).isZero();
        assertThat(fake.out()).contains("Usage: tokapu gguf " + command, "--json");
        assertThat(new FakeConsole("").run("gguf")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void set_numberTextAndFile_areInTheFile() throws IOException {
        Path template = Files.writeString(folder.resolve("template.jinja"), "{{ messages }}");
        int exit = fake.run(
                "gguf",
                "set",
                model,
                "llama.context_length=1024",
                "general.name=12",
                "tokenizer.chat_template=@" + template,
                "my.list=[1,2]",
                "my.text=a=b",
                "my.float=0.5",
                "my.flag=true");
        assertThat(exit).as(fake.err()).isZero();
        assertThat(GgufFile.open(Path.of(model)).metadata())
                .containsEntry("llama.context_length", 1024L)
                .containsEntry("tokenizer.chat_template", "{{ messages }}")
                .containsEntry("my.list", java.util.List.of(1L, 2L))
                .containsEntry("my.text", "a=b")
                .containsEntry("my.float", 0.5f)
                .containsEntry("my.flag", true);
        assertThat(new FakeConsole("").run("gguf", "set", model, "--remove", "my.flag"))
                .isZero();
        assertThat(GgufFile.open(Path.of(model)).metadata()).doesNotContainKey("my.flag");
    }

    @Test
    void set_wrongValues_areUsageErrors() {
        for (String[] args : new String[][] {
            {},
            {"x"},
            {"llama.context_length=-1"},
            {"llama.context_length=many"},
            {"--remove", "none"},
            {"a=1", "--type", "u32"},
            {"a=1e999999999"},
            {"llama.context_length=1e-999999999"},
            {"a=[1,null]"},
            {"a=[[1]]"}
        }) {
            FakeConsole console = new FakeConsole("");
            String[] all = new String[3 + args.length];
            System.arraycopy(new String[] {"gguf", "set", model}, 0, all, 0, 3);
            System.arraycopy(args, 0, all, 3, args.length);
            assertThat(console.run(all)).as(console.err()).isEqualTo(ExitCode.USAGE);
            assertThat(console.err()).doesNotContain("\tat ");
        }
    }

    @Test
    void splitMergeDiff_comeBackToTheSame() {
        String prefix = folder.resolve("p").toString();
        assertThat(fake.run("gguf", "split", model, prefix, "--max-tensors", "8", "--json"))
                .isZero();
        assertThat(JsonText.flat(fake.out())).containsEntry("/files/2/file", prefix + "-00003-of-00003.gguf");
        String merged = folder.resolve("merged.gguf").toString();
        assertThat(new FakeConsole("").run("gguf", "merge", prefix + "-00001-of-00003.gguf", merged))
                .isZero();
        FakeConsole diff = new FakeConsole("");
        assertThat(diff.run("gguf", "diff", model, merged)).isEqualTo(ExitCode.DIFFERENT);
        assertThat(diff.err()).isEmpty();
        assertThat(diff.out()).contains("+ split.count  0").doesNotContain("blk.");
        FakeConsole same = new FakeConsole("");
        assertThat(same.run("gguf", "diff", model, model, "--json")).isZero();
        assertThat(JsonText.flat(same.out())).containsEntry("/equal", "true");
        FakeConsole other = new FakeConsole("");
        assertThat(other.run("gguf", "diff", merged, model, "--json")).isEqualTo(ExitCode.DIFFERENT);
        assertThat(JsonText.flat(other.out())).containsEntry("/equal", "false");
        assertThat(new FakeConsole("")
                        .run("gguf", "diff", model, folder.resolve("none.gguf").toString()))
                .isEqualTo(ExitCode.MODEL);
        FakeConsole none = new FakeConsole("");
        assertThat(none.run("gguf", "split", model, prefix, "--max-tensors", "0"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(none.err()).contains("--max-tensors 0");
        FakeConsole wrong = new FakeConsole("");
        assertThat(wrong.run("gguf", "split", model, prefix, "--max-size", "2T"))
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void check_soundAndBroken_saysSo() {
        assertThat(fake.run("gguf", "check", model)).isZero();
        assertThat(fake.out()).contains("no problems");
        assertThat(new FakeConsole("").run("gguf", "set", model, "llama.embedding_length=32"))
                .isZero();
        FakeConsole broken = new FakeConsole("");
        assertThat(broken.run("gguf", "check", model, "--json")).isEqualTo(ExitCode.MODEL);
        assertThat(JsonText.flat(broken.out())).containsEntry("/files/0/problems/0/severe", "true");
        FakeConsole several = new FakeConsole("");
        String none = folder.resolve("none.gguf").toString();
        assertThat(several.run("gguf", "check", none, model, "--json")).isEqualTo(ExitCode.MODEL);
        assertThat(JsonText.flat(several.out()))
                .containsEntry("/files/0/problems/0/message", none + " does not exist")
                .containsEntry("/files/1/file", model);
    }

    @Test
    void controlCharactersOfAFile_areShownAsEscapes() {
        assertThat(fake.run("gguf", "set", model, "a\033[2J=x\033[2J", "tokenizer.chat_template={{ a }}\n\033[2J"))
                .isZero();
        FakeConsole shown = new FakeConsole("");
        assertThat(shown.run("gguf", "show", model)).isZero();
        assertThat(shown.out())
                .doesNotContain("\033")
                .contains("a\\u{1b}[2J ", "\"x\\u{1b}[2J\"", "{{ a }}\n\\u{1b}[2J\n");
        FakeConsole missing = new FakeConsole("");
        assertThat(missing.run("gguf", "show", "\033[2J.gguf")).isEqualTo(ExitCode.MODEL);
        assertThat(missing.err()).doesNotContain("\033");
        FakeConsole template = new FakeConsole("");
        assertThat(template.run("gguf", "show", model, "--template")).isZero();
        assertThat(template.out()).isEqualTo("{{ a }}\n\033[2J\n");
    }

    @Test
    void hash_ofTwoKinds_hasALineForEachTensor() {
        assertThat(fake.run("gguf", "hash", model, "--kind", "xxh64,sha1")).isZero();
        assertThat(fake.out().lines())
                .hasSize(44)
                .first()
                .asString()
                .matches("xxh64     [0-9a-f]{16}  .*:token_embd.weight");
        FakeConsole whole = new FakeConsole("");
        assertThat(whole.run("gguf", "hash", model, "--whole", "--json")).isZero();
        assertThat(JsonText.flat(whole.out())).containsOnlyKeys("/sha256/whole");
    }
}
