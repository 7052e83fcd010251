package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.source.DefaultModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsIT {

    private static final String TEXT = "Grüße, <|im_start|> 你好 \uD83D\uDE00\n";

    @Test
    void run_prompt_isContinued() {
        Program.Result result = Program.run("run", "--greedy", "-n", "16", "The capital of France is");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).contains("Paris").doesNotContain("The capital of France is Paris");
        assertThat(result.err()).contains("tokens/s");
    }

    @Test
    @Tag("ffm")
    void run_dash_readsStdin() {
        Program.Result piped =
                Program.runWithInput("The capital of France is", "run", "--greedy", "-q", "-n", "8", "-");
        Program.Result given = Program.run("run", "--greedy", "-q", "-n", "8", "The capital of France is");
        assertThat(piped.exitCode()).as(piped.err()).isZero();
        assertThat(piped.out()).isEqualTo(given.out()).isNotBlank();
    }

    @Test
    void run_schema_answersJsonThatFits() {
        String schema =
                "{\"type\":\"object\",\"properties\":{\"city\":{\"enum\":[\"Paris\",\"Rome\"]}},\"required\":[\"city\"]}";
        Program.Result result =
                Program.run("run", "--greedy", "-q", "--schema", schema, "The capital of France as JSON:");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out().replaceAll("\\s", "")).isEqualTo("{\"city\":\"Paris\"}");
    }

    @Test
    @Tag("ffm")
    void run_grammar_answersWhatItAllows(@TempDir Path temp) throws IOException {
        Path grammar = Files.writeString(temp.resolve("color.gbnf"), "root ::= \" red\" | \" green\" | \" blue\"");
        Program.Result result = Program.run("run", "--greedy", "-q", "--grammar", grammar.toString(), "The sky is");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out().strip()).isIn("red", "green", "blue");
    }

    /** What programs read is the same in a locale with other digits, and text in one without letters. */
    @ParameterizedTest
    @ValueSource(strings = {"tokenize --json 12345", "gguf show --json", "fit --json --ctx 512 --margin 0"})
    @Tag("ffm")
    void json_underOtherDigits_isTheSame(String line) {
        String[] command = line.split(" ", -1);
        Program.Result usual = Program.run(command);
        Program.Result arabic = Program.runWith(List.of("-Duser.language=ar", "-Duser.country=EG"), command);
        assertThat(arabic.exitCode()).as(arabic.err()).isZero();
        assertThat(withoutMemory(arabic.out()))
                .isEqualTo(withoutMemory(usual.out()))
                .isNotBlank();
        assertThat(arabic.out()).doesNotContainPattern("[\\u0660-\\u0669]");
    }

    /** What other programs use changes from run to run. */
    private static String withoutMemory(String json) {
        return json.replaceAll("\"(memoryFree|left)\":-?\\d+", "").replaceAll("has [\\d.]+ .iB, of which[^\"]*", "");
    }

    @Test
    @Tag("ffm")
    void run_badGrammarOrSchema_saysWhatIsWrong(@TempDir Path temp) throws IOException {
        Path grammar = Files.writeString(temp.resolve("bad.gbnf"), "root ::= \"a");
        Program.Result bad = Program.run("run", "--grammar", grammar.toString(), "x");
        assertThat(bad.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(bad.err()).contains("line 1, column 12: the literal has no end");
        Program.Result missing =
                Program.run("run", "--schema", temp.resolve("none.json").toString(), "x");
        assertThat(missing.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(missing.err()).contains("none.json");
        Program.Result both = Program.run("run", "--schema", "{}", "--grammar", grammar.toString(), "x");
        assertThat(both.err()).contains("choose one");
    }

    @Test
    void tokenize_ids_equalVocab() {
        assertThat(Program.runWithInput(TEXT + "\n", "tokenize", "--ids").out().strip())
                .isEqualTo(ids(true, false));
        assertThat(Program.run("tokenize", "--ids", "--parse-special", TEXT)
                        .out()
                        .strip())
                .isEqualTo(ids(true, true));
        assertThat(Program.run("tokenize", "--ids", "--no-bos", TEXT).out().strip())
                .isEqualTo(ids(false, false));
    }

    private static String ids(boolean addSpecial, boolean parseSpecial) {
        try (Model model = Model.load(
                DefaultModel.source(), ModelOptions.builder().vocabOnly(true).build())) {
            return Arrays.stream(model.vocab()
                            .tokenize(
                                    TEXT,
                                    TokenizeOptions.builder()
                                            .addSpecial(addSpecial)
                                            .parseSpecial(parseSpecial)
                                            .build()))
                    .mapToObj(Integer::toString)
                    .collect(Collectors.joining(" "));
        }
    }

    @Test
    @Tag("ffm")
    void tokenize_text_showsPieces() {
        Program.Result result = Program.run("tokenize", "Hello world");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).contains("'Hello'", "' world'").hasLineCount(2);
        assertThat(JsonText.flat(
                        Program.run("tokenize", "--json", "Hello world").out()))
                .containsEntry("/tokens/0/piece", "Hello")
                .containsKey("/tokens/1/id");
    }

    @Test
    @Tag("ffm")
    void bench_short_printsBothSpeeds() {
        Program.Result result = Program.run("bench", "-p", "32", "-n", "4", "-r", "2");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).contains("| pp32 ", "| tg4 ", " ± ", "134.52 M");
        Map<String, String> json = JsonText.flat(
                Program.run("bench", "--json", "-p", "16", "-n", "0", "-r", "1").out());
        assertThat(json).containsEntry("/results/0/test", "pp16").doesNotContainKey("/results/1/test");
        assertThat(Double.parseDouble(json.get("/results/0/tokensPerSecond"))).isPositive();
    }

    @Test
    @Tag("ffm")
    void fit_defaultModel_showsMemoryAndChoice() {
        Program.Result result = Program.run("fit", "--device", "none");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).contains("| CPU (", "It fits: context 8192, all on the CPU.");
        Program.Result small = Program.run("fit", "--device", "none", "--ctx", "512", "--json");
        assertThat(JsonText.flat(small.out()))
                .containsEntry("/fits", "true")
                .containsEntry("/contextSize", "512")
                .containsEntry("/devices/0/device", "CPU");
        Program.Result nothing = Program.run("fit", "--device", "none", "--margin", "100000000");
        assertThat(nothing.exitCode()).isEqualTo(ExitCode.MEMORY);
        assertThat(nothing.out()).contains("does NOT fit");
    }

    @Test
    @Tag("ffm")
    void run_fitAndDevice_areObeyed() {
        Program.Result fitted = Program.run("run", "--fit", "--greedy", "-n", "4", "The capital of France is");
        assertThat(fitted.exitCode()).as(fitted.err()).isZero();
        assertThat(fitted.err()).contains("All of the model fits");
        Program.Result unknown = Program.run("run", "--device", "CUDA77", "x");
        assertThat(unknown.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(unknown.err()).contains("CUDA77", "there are CPU");
    }

    @Test
    void doctor_complete_saysWhatWasChosen() {
        Program.Result result = Program.run("doctor");
        assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
        assertThat(result.out())
                .contains("libtokapu.so", "llama.cpp ", "chosen", "Everything that Tokapu needs is here.");
        Map<String, String> json = JsonText.flat(Program.run("doctor", "--json").out());
        assertThat(json).containsEntry("/ok", "true").containsEntry("/binding", System.getProperty("tokapu.binding"));
        assertThat(json).containsEntry("/threads", "1").containsEntry("/numa", "none");
    }

    @Test
    void doctor_numa_saysWhatIsSet() {
        Program.Result result = Program.run("doctor", "--numa", "isolate");
        assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
        assertThat(result.out()).contains("--numa isolate", "threads that compute by default: 1, ");
        Program.Result unknown = Program.runWith(List.of("-Dtokapu.numa=mirror"), "doctor");
        assertThat(unknown.exitCode()).isEqualTo(ExitCode.NATIVE);
        assertThat(unknown.out()).contains("-Dtokapu.numa=mirror", "distribute", "Leave out --numa");
    }

    @Test
    void doctor_withoutNativeLibraries_explains() {
        Program.Result result = Program.runWithout("tokapu-native", "doctor");
        assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCode.NATIVE);
        assertThat(result.out())
                .contains("PROBLEM", "no native libraries", "To do")
                .doesNotContain("\tat ");
    }

    @Test
    @Tag("ffm")
    void doctor_withoutDefaultModel_saysHowToGoOn() {
        Program.Result result = Program.runWithout("smollm2", "doctor");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).contains("--model PATH");
    }

    @Test
    @Tag("ffm")
    void chat_withoutDefaultModel_exitsWith3() {
        Program.Result result = Program.runWithout("smollm2", "chat", "hi");
        assertThat(result.exitCode()).isEqualTo(ExitCode.MODEL);
        assertThat(result.err()).contains("--model PATH");
    }

    @Test
    void chat_bindingThatCannotWork_exitsWith4() {
        Program.Result result = Program.runWithout(
                "tokapu-" + System.getProperty("tokapu.binding"),
                "chat",
                "--binding",
                System.getProperty("tokapu.binding"),
                "hi");
        assertThat(result.exitCode()).isEqualTo(ExitCode.NATIVE);
        assertThat(result.err()).contains("class path", "doctor");
    }
}
