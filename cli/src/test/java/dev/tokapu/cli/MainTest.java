package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

    private final FakeConsole fake = new FakeConsole("");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "chat",
                "run",
                "embed",
                "rerank",
                "pull",
                "list",
                "rm",
                "tokenize",
                "quantize",
                "imatrix",
                "control-vector",
                "perplexity",
                "fit",
                "bench",
                "doctor"
            })
    void run_helpOfCommand_goesToStdout(String command) {
        assertThat(fake.run(command, "--help")).isZero();
        assertThat(fake.out()).contains("Usage: tokapu " + command).contains("--json");
        assertThat(fake.err()).isEmpty();
    }

    @Test
    void run_helpOfServe_namesKeysAndPlace() {
        assertThat(fake.run("serve", "--help")).isZero();
        assertThat(fake.out()).contains("Usage: tokapu serve", "--host", "--port", "--api-key-file");
        assertThat(fake.err()).isEmpty();
    }

    @Test
    void run_helpOfMcp_namesItsModels() {
        assertThat(fake.run("mcp", "--help")).isZero();
        assertThat(fake.out()).contains("Usage: tokapu mcp", "--embedding-model", "--rerank-model");
        assertThat(fake.err()).isEmpty();
    }

    @Test
    void run_help_listsAllCommands() {
        assertThat(fake.run("--help")).isZero();
        assertThat(fake.out())
                .contains(
                        "chat",
                        "run",
                        "embed",
                        "rerank",
                        "serve",
                        "mcp",
                        "pull",
                        "list",
                        "rm",
                        "tokenize",
                        "gguf",
                        "quantize",
                        "fit",
                        "bench",
                        "doctor");
    }

    @Test
    void run_version_namesTokapuAndJava() {
        assertThat(fake.run("--version")).isZero();
        assertThat(fake.out()).contains("tokapu ", "Java ");
    }

    @Test
    void run_withoutCommand_explainsOnStderr() {
        assertThat(fake.run()).isEqualTo(ExitCode.USAGE);
        assertThat(fake.err()).contains("Usage: tokapu", "doctor");
        assertThat(fake.out()).isEmpty();
    }

    @Test
    void run_unknownCommand_isUsageError() {
        assertThat(fake.run("chatt")).isEqualTo(ExitCode.USAGE);
        assertThat(fake.err()).contains("chatt").contains("Did you mean");
    }

    @Test
    void run_unknownOption_namesItAndTheHelp() {
        assertThat(fake.run("chat", "--temprature", "1", "hi")).isEqualTo(ExitCode.USAGE);
        assertThat(fake.err()).contains("--temprature", "--temperature", "./tokapu chat --help");
    }

    @ParameterizedTest
    @CsvSource({
        "chat,--binding,jna,--binding jna",
        "chat,--numa,mirror,--numa mirror",
        "chat,--temperature,-1,--temperature -1",
        "chat,--max-tokens,0,--max-tokens 0",
        "chat,--threads,0,--threads 0",
        "chat,--ctx,-1,--ctx -1",
        "chat,--seed,abc,abc",
        "chat,--reasoning,loud,--reasoning loud",
        "chat,--reasoning-budget,-1,--reasoning-budget -1",
        "bench,--repetitions,0,--repetitions 0"
    })
    void run_valueOutOfRange_isUsageError(String command, String option, String value, String said) {
        assertThat(fake.run(command, option, value, command.equals("chat") ? "hi" : "--quiet"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(fake.err()).contains(said).doesNotContain("\tat ");
    }

    @Test
    void run_optionsThatContradictEachOther_areUsageErrors() {
        assertThat(fake.run("chat", "--reasoning", "off", "--reasoning-budget", "5", "hi"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(fake.run("chat", "--tools-run-all", "hi")).isEqualTo(ExitCode.USAGE);
        assertThat(fake.err()).contains("--reasoning off and --reasoning-budget", "needs --tools FILE");
    }

    @Test
    void run_emptyPrompt_isUsageError() {
        assertThat(fake.run("chat")).isEqualTo(ExitCode.USAGE);
        assertThat(fake.err()).contains("the text is empty");
    }

    @Test
    void classPreloader_optionsAboutLoading_preventIt() {
        assertThat(ClassPreloader.makesSense(new String[] {"serve", "--port", "0"}, Map.of("TOKAPU_API_KEY", "x")))
                .isTrue();
        assertThat(ClassPreloader.makesSense(new String[] {"serve"}, Map.of("TOKAPU_BINDING", "jni")))
                .isFalse();
        assertThat(ClassPreloader.makesSense(new String[] {"serve", "--config", "f"}, Map.of()))
                .isFalse();
        assertThat(ClassPreloader.makesSense(new String[] {"chat", "hi"}, Map.of()))
                .isTrue();
        assertThat(ClassPreloader.makesSense(new String[] {"chat", "--binding=jni", "hi"}, Map.of()))
                .isFalse();
        assertThat(ClassPreloader.makesSense(new String[] {"run", "--cpu", "x64", "hi"}, Map.of()))
                .isFalse();
        assertThat(ClassPreloader.makesSense(new String[] {"run", "--numa", "isolate", "hi"}, Map.of()))
                .isFalse();
        assertThat(ClassPreloader.makesSense(new String[] {"bench", "--serve=http://h:1"}, Map.of()))
                .isFalse();
        assertThat(ClassPreloader.makesSense(new String[] {"gguf", "show"}, Map.of()))
                .isFalse();
        assertThat(ClassPreloader.makesSense(new String[0], Map.of())).isFalse();
    }
}
