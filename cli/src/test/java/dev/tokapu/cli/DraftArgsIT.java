package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.ScriptedGguf;
import dev.tokapu.testsupport.TinyGguf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers that a small model drafts, or the model's own MTP heads. */
class DraftArgsIT {

    @TempDir
    static Path folder;

    private static String model;
    private static String withHeads;
    private static String scripted; // says xyz to abc

    @BeforeAll
    static void write() {
        model = TinyGguf.writeTo(folder).toString();
        Path file = folder.resolve("heads.gguf");
        withHeads = TinyGguf.builder().mtpHead().build().write(file).toString();
        ScriptedGguf script = new ScriptedGguf(List.of(), List.of())
                .template("{% for message in messages %}{{ message['content'] }}{% endfor %}")
                .say(3, 'x', 'y', 'z');
        scripted =
                TinyGguf.write(folder.resolve("scripted.gguf"), script.bytes()).toString();
    }

    private static Program.Result run(int exitCode, String command, String... options) {
        List<String> all = new ArrayList<>(List.of(command, "--greedy", "-q", "-n", "3"));
        all.addAll(Arrays.asList(options));
        all.add("abc");
        Program.Result result = Program.run(all.toArray(String[]::new));
        assertThat(result.exitCode()).as(result.err()).isEqualTo(exitCode);
        return result;
    }

    @Test
    void run_draftModel_saysTheSame() {
        String draft = TinyGguf.builder()
                .seed(7)
                .build()
                .write(folder.resolve("draft.gguf"))
                .toString();
        assertThat(run(0, "run", "--model", scripted, "--draft-model", scripted).out())
                .contains("xyz");
        run(0, "run", "--model", model, "--draft-model", draft);
    }

    @Test
    @Tag("ffm")
    void chat_draftModel_saysTheSame_ifItHasTheSameTokens() {
        assertThat(run(0, "chat", "--model", scripted, "--draft-model", scripted, "--draft-max", "3")
                        .out())
                .contains("xyz");
        Program.Result other = Program.run("chat", "-q", "--draft-model", model, "abc");
        assertThat(other.exitCode()).isNotZero();
        assertThat(other.err()).contains("cannot draft for");
        assertThat(run(ExitCode.USAGE, "chat", "--fit", "--draft-model", model).err())
                .contains("--fit leaves no memory for a draft model");
    }

    @Test
    void runAndChat_mtpHeads_answer() {
        for (String command : List.of("run", "chat")) {
            run(0, command, "--model", withHeads, "--draft-mtp", "--draft-max", "2");
        }
    }

    @Test
    @Tag("ffm")
    void mtpHeads_ofAModelWithoutAny_areRefused_withItsName() throws Exception {
        for (String command : List.of("run", "chat")) {
            assertThat(run(ExitCode.MODEL, command, "--model", model, "--draft-mtp")
                            .err())
                    .contains(model, "has no MTP heads");
        }
        Program.Result fitted = Program.run("fit", model, "--draft-mtp");
        assertThat(fitted.exitCode()).isEqualTo(ExitCode.MODEL);
        assertThat(fitted.err()).contains(model, "has no MTP heads");
        Program.Result served = Program.run("serve", "--port", "0", "--model", model, "--draft-mtp");
        assertThat(served.exitCode()).isEqualTo(ExitCode.MODEL);
        assertThat(served.err()).contains(model, "has no MTP heads");
        Path config = Files.writeString(
                folder.resolve("tokapu.json"), "{\"presets\": [{\"path\": \"" + model + "\", \"draft-mtp\": true}]}");
        Program.Result checked = Program.run("serve", "--config", config.toString(), "--check");
        assertThat(checked.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(checked.err()).contains(model, "has no MTP heads");
    }

    @Test
    @Tag("ffm")
    void fit_mtpHeads_takeMoreMemory() {
        long without = kv("fit", withHeads, "--ctx", "256", "--margin", "0", "--json");
        assertThat(kv("fit", withHeads, "--ctx", "256", "--margin", "0", "--json", "--draft-mtp"))
                .isGreaterThan(without);
        run(0, "chat", "--model", withHeads, "--fit", "--ctx", "256", "--draft-mtp");
    }

    private static long kv(String... args) {
        Program.Result result = Program.run(args);
        assertThat(result.exitCode()).as(result.err()).isZero();
        return JsonText.flat(result.out()).entrySet().stream()
                .filter(entry -> entry.getKey().matches("/devices/\\d+/kv"))
                .mapToLong(entry -> Long.parseLong(entry.getValue()))
                .sum();
    }

    @Test
    @Tag("ffm")
    void contradictingOptions_areRefused() {
        assertThat(run(ExitCode.USAGE, "chat", "--model", withHeads, "--draft-mtp", "--draft-model", model)
                        .err())
                .contains("--draft-model and --draft-mtp are two ways to draft");
        assertThat(run(ExitCode.USAGE, "run", "--model", model, "--draft-max", "3")
                        .err())
                .contains("--draft-model or --draft-mtp");
        Program.Result served =
                Program.run("serve", "--models", folder.toString(), "--draft-mtp", "--port", "0", "--check");
        assertThat(served.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(served.err()).contains("--draft-mtp drafts for the model of --model, which is not given");
    }

    @Test
    @Tag("ffm")
    void check_tellsOfHeadsThatAreNotUsed() {
        Program.Result plain = Program.run("serve", "--model", withHeads, "--ctx", "64", "--check");
        assertThat(plain.exitCode()).as(plain.err()).isZero();
        assertThat(plain.out()).contains("has MTP heads (see draft-mtp)");
        Program.Result used = Program.run("serve", "--model", withHeads, "--ctx", "64", "--check", "--draft-mtp");
        assertThat(used.exitCode()).as(used.err()).isZero();
        assertThat(used.out()).contains("Nothing is wrong").doesNotContain("MTP heads");
        Program.Result vectors = Program.run("serve", "--model", withHeads, "--ctx", "64", "--check", "--embeddings");
        assertThat(vectors.exitCode()).as(vectors.err()).isZero();
        assertThat(vectors.out()).contains("Nothing is wrong").doesNotContain("MTP heads");
    }

    /** That was accepted, and each load failed after the weights were read. */
    @Test
    @Tag("ffm")
    void drafts_forEmbeddings_areRefusedWhereTheyAreAskedFor() throws Exception {
        String preset = "{\"path\": \"" + withHeads + "\", \"embeddings\": true, ";
        for (String drafting : List.of("\"draft-mtp\": true", "\"draft-model\": \"" + model + "\"")) {
            Path config =
                    Files.writeString(folder.resolve("embeddings.json"), "{\"presets\": [" + preset + drafting + "}]}");
            Program.Result checked = Program.run("serve", "--config", config.toString(), "--check");
            assertThat(checked.exitCode()).isEqualTo(ExitCode.USAGE);
            assertThat(checked.err()).contains("embeddings.json:1:", "makes embeddings, for which nothing is drafted");
        }
        Program.Result served =
                Program.run("serve", "--model", withHeads, "--embeddings", "--draft-mtp", "--port", "0");
        assertThat(served.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(served.err()).contains("makes embeddings, for which nothing is drafted");
    }

    /** They were refused only behind the model, which was loaded in vain: there is none here. */
    @Test
    @Tag("ffm")
    void valuesThatCannotBe_areRefusedBeforeTheModelIsLookedFor() {
        for (List<String> wrong : List.of(List.of("--draft-max", "65"), List.of("--draft-p-min", "1.5"))) {
            for (String command : List.of("run", "chat")) {
                assertThat(run(
                                        ExitCode.USAGE,
                                        command,
                                        "--model",
                                        folder.resolve("none.gguf").toString(),
                                        "--draft-mtp",
                                        wrong.get(0),
                                        wrong.get(1))
                                .err())
                        .contains("--draft-max or --draft-p-min");
            }
        }
    }
}
