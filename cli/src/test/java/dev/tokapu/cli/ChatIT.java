package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ChatIT {

    private static final String QUESTION = "What is the capital of France?";

    @Test
    void chat_onePrompt_onlyTheAnswerGoesToStdout() {
        Program.Result result = Program.run("chat", "--greedy", "--max-tokens", "24", QUESTION);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).isNotBlank().endsWith("\n").doesNotContain("tokens/s", "<|im_");
        assertThat(result.err()).contains("tokens/s").hasLineCount(1);
    }

    @Test
    @Tag("ffm")
    void chat_quiet_leavesStderrEmpty() {
        Program.Result result = Program.run("chat", "--greedy", "--quiet", "--max-tokens", "4", QUESTION);
        assertThat(result.exitCode()).isZero();
        assertThat(result.err()).isEmpty();
    }

    @Test
    @Tag("ffm")
    void chat_greedyTwice_isTheSame() {
        String[] args = {"chat", "--greedy", "--quiet", "--max-tokens", "24", "Tell me a joke."};
        assertThat(Program.run(args).out()).isEqualTo(Program.run(args).out()).isNotBlank();
    }

    @Test
    @Tag("ffm")
    void chat_sameSeed_isTheSame() {
        String[] args = {
            "chat", "--seed", "7", "--temperature", "1.5", "--quiet", "--max-tokens", "24", "Tell me a joke."
        };
        assertThat(Program.run(args).out()).isEqualTo(Program.run(args).out()).isNotBlank();
    }

    @Test
    void chat_promptOnStdin_isAnswered() {
        Program.Result piped = Program.runWithInput(QUESTION + "\n", "chat", "--greedy", "-q", "-n", "12");
        Program.Result given = Program.run("chat", "--greedy", "-q", "-n", "12", QUESTION);
        assertThat(piped.exitCode()).as(piped.err()).isZero();
        assertThat(piped.out()).isEqualTo(given.out());
    }

    @Test
    @Tag("ffm")
    void chat_severalWords_areOnePrompt() {
        Program.Result words = Program.run("chat", "--greedy", "-q", "-n", "12", "Hi", "there");
        Program.Result quoted = Program.run("chat", "--greedy", "-q", "-n", "12", "Hi there");
        assertThat(words.out()).isEqualTo(quoted.out()).isNotBlank();
    }

    @Test
    @Tag("ffm")
    void chat_systemMessage_changesTheAnswer() {
        Program.Result plain = Program.run("chat", "--greedy", "-q", "-n", "24", "Who are you?");
        Program.Result pirate = Program.run(
                "chat", "--greedy", "-q", "-n", "24", "--system", "You are a pirate named Bob.", "Who are you?");
        assertThat(pirate.exitCode()).isZero();
        assertThat(pirate.out()).isNotEqualTo(plain.out());
    }

    @Test
    @Tag("ffm")
    void chat_json_isOneObject() {
        Program.Result result = Program.run("chat", "--greedy", "--json", "--max-tokens", "8", QUESTION);
        assertThat(result.exitCode()).as(result.err()).isZero();
        Map<String, String> json = JsonText.flat(result.out());
        assertThat(json).containsEntry("/finishReason", "MAX_TOKENS").containsEntry("/usage/generatedTokens", "8");
        assertThat(json.get("/text")).isNotBlank();
        assertThat(Integer.parseInt(json.get("/usage/promptTokens"))).isGreaterThan(10);
        assertThat(Double.parseDouble(json.get("/timings/firstTokenMillis"))).isPositive();
        assertThat(result.err()).isEmpty();
    }

    @Test
    @Tag("ffm")
    void chat_promptLongerThanContext_exitsWith5() {
        Program.Result result = Program.run("chat", "--ctx", "64", "word ".repeat(500));
        assertThat(result.exitCode()).isEqualTo(ExitCode.PROMPT);
        assertThat(result.err()).contains("too long", "--ctx").hasLineCount(1);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void chat_missingModel_exitsWith3() {
        Program.Result result = Program.run("chat", "--model", "/nowhere/model.gguf", "hi");
        assertThat(result.exitCode()).isEqualTo(ExitCode.MODEL);
        assertThat(result.err()).contains("/nowhere/model.gguf").hasLineCount(1);
    }

    @Test
    @Tag("ffm")
    void chat_garbageModel_exitsWith3() throws IOException {
        Path garbage = Files.writeString(Files.createTempFile("garbage", ".gguf"), "this is not a model ".repeat(100));
        Program.Result result = Program.run("chat", "--model", garbage.toString(), "hi");
        assertThat(result.exitCode()).isEqualTo(ExitCode.MODEL);
        assertThat(result.err()).contains(garbage.toString()).doesNotContain("\tat ");
    }

    @Test
    void chat_unknownCpuVariant_exitsWith4() {
        Program.Result result = Program.run("chat", "--cpu", "i386", "hi");
        assertThat(result.exitCode()).isEqualTo(ExitCode.NATIVE);
        assertThat(result.err()).contains("i386");
    }

    @Test
    void chat_interrupted_exitsWith130() throws Exception {
        Program.Running running =
                Program.start("", "chat", "--greedy", "Tell me a long story about a dragon who lived in a mountain.");
        while (running.process().isAlive() && Files.size(running.out()) == 0) {
            Thread.sleep(20);
        }
        new ProcessBuilder("kill", "-INT", Long.toString(running.process().pid()))
                .start()
                .waitFor();
        Program.Result result = Program.await(running);
        assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(result.out()).isNotEmpty();
        assertThat(result.err()).doesNotContain("\tat ", "fatal error");
    }

    @Test
    @Tag("ffm")
    void chat_readerGoesAway_endsQuietly() throws Exception {
        Process process = new ProcessBuilder(Program.command(
                        "chat", "--greedy", "-q", "Tell me a long story about a dragon who lived in a mountain."))
                .redirectError(ProcessBuilder.Redirect.to(
                        Files.createTempFile("tokapu-cli", ".err").toFile()))
                .start();
        process.getOutputStream().close();
        assertThat(process.getInputStream().read()).isPositive();
        process.getInputStream().close();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isEqualTo(ExitCode.OUTPUT_CLOSED);
    }

    @Test
    @Tag("ffm")
    void chat_atTheTerminal_ctrlCStopsTheAnswerAndNotTheProgram() throws Exception {
        Path script = Path.of("src/test/resources/converse.py").toAbsolutePath();
        Path transcript = Files.createTempFile("tokapu-cli", ".pty");
        Path cache = Files.createTempDirectory("tokapu-cli");
        String saved = cache.resolve("saved.chat").toString();
        List<String> command = new ArrayList<>(List.of("python3", script.toString(), saved));
        command.addAll(Program.command(
                List.of("-Dtokapu.history=" + cache.resolve("history")), Program.classPath(), "chat", "--greedy"));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(transcript.toFile())
                .start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        String seen = new String(Files.readAllBytes(transcript), StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(seen).isZero();
        assertThat(seen).contains("ALL STEPS DONE", "exit code 0");
        assertThat(Files.readString(cache.resolve("history"))).contains("Tell me a long story");
    }
}
