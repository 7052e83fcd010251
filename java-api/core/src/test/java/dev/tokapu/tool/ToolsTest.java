package dev.tokapu.tool;

import static dev.tokapu.tool.ToolCases.call;
import static dev.tokapu.tool.ToolCases.calls;
import static dev.tokapu.tool.ToolCases.echo;
import static dev.tokapu.tool.ToolCases.tool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToolsTest {

    record Place(String town) {}

    @Test
    void run_call_givesTextOfTheBody() {
        ToolCall call = new ToolCall("1", "echo", "{\"a\": 1}");
        assertThat(Tools.of(echo("echo")).run(List.of(call)))
                .containsExactly(new ToolResult("1", "echo", "echo {\"a\": 1}", false));
    }

    @Test
    void run_noCalls_givesNoResults() {
        assertThat(Tools.of(echo("echo")).run(List.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "\n"})
    void run_noArguments_areAnEmptyObject(String arguments) {
        assertThat(Tools.of(echo("now")).run(List.of(new ToolCall("", "now", arguments))))
                .containsExactly(new ToolResult("", "now", "now {}", false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "7", "{\"a\":", "{} {}", "null", "nonsense"})
    void run_argumentsThatAreNoObject_areAnErrorForTheModel(String arguments) {
        Tools tools = Tools.of(tool("never", given -> {
            throw new AssertionError("called with " + given);
        }));
        assertThat(tools.run(List.of(new ToolCall("1", "never", arguments))))
                .singleElement()
                .satisfies(result -> assertThat(result.isError()).isTrue())
                .satisfies(result -> assertThat(result.text()).startsWith("the arguments do not fit the tool: "));
    }

    @Test
    void run_unknownTool_isAnErrorThatListsTheTools() {
        assertThat(Tools.of(echo("one"), echo("zwei")).run(calls("three")))
                .containsExactly(ToolResult.error(call("three"), "there is no tool 'three'; the tools are: one, zwei"));
        assertThat(Tools.of().run(calls("three")))
                .containsExactly(ToolResult.error(call("three"), "there is no tool 'three'; there are no tools"));
    }

    @Test
    void add_sameName_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tools.of(echo("a"), echo("b"), echo("a")))
                .withMessageContaining("'a'");
    }

    @Test
    void build_choiceOfAToolThatIsNotThere_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tools.builder()
                        .add(echo("a"))
                        .choice(ToolChoice.named("b"))
                        .build())
                .withMessageContaining("[a]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tools.builder().choice(ToolChoice.required()).build());
        assertThatIllegalArgumentException().isThrownBy(() -> new ToolChoice(ToolChoice.Kind.NAMED, null));
        assertThatIllegalArgumentException().isThrownBy(() -> new ToolChoice(ToolChoice.Kind.AUTO, "a"));
        assertThat(Tools.builder()
                        .add(echo("a"))
                        .choice(ToolChoice.named("a"))
                        .build()
                        .choice()
                        .name())
                .isEqualTo("a");
    }

    @Test
    void builder_valuesOutOfRange_areRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Tools.builder().maxRounds(0));
        assertThatIllegalArgumentException().isThrownBy(() -> Tools.builder().maxCalls(0));
        assertThatIllegalArgumentException().isThrownBy(() -> Tools.builder().maxTime(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> Tools.builder().timeout(Duration.ofNanos(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> echo("a").withTimeout(Duration.ZERO));
    }

    @Test
    void toBuilder_keepsEverything() {
        Tools tools = Tools.builder()
                .add(echo("a"), echo("b"))
                .choice(ToolChoice.required())
                .approval(call -> ToolApproval.Decision.refuse("no"))
                .onError((call, error) -> "sorry")
                .maxRounds(2)
                .maxCalls(3)
                .maxTime(Duration.ofHours(1))
                .timeout(Duration.ofMinutes(2))
                .parallel(false)
                .build()
                .toBuilder()
                .build();
        assertThat(tools.definitions()).extracting(ToolDefinition::name).containsExactly("a", "b");
        assertThat(tools.choice()).isEqualTo(ToolChoice.required());
        assertThat(tools.maxRounds()).isEqualTo(2);
        assertThat(tools.maxCalls()).isEqualTo(3);
        assertThat(tools.maxTime()).isEqualTo(Duration.ofHours(1));
        assertThat(tools.timeout()).isEqualTo(Duration.ofMinutes(2));
        assertThat(tools.parallel()).isFalse();
        assertThat(tools.run(calls("a")))
                .singleElement()
                .satisfies(result -> assertThat(result.text()).contains("refused: no"));
    }

    @Test
    void defaults_areTenRoundsAndParallelCalls() {
        Tools tools = Tools.of(echo("a"));
        assertThat(tools.choice()).isEqualTo(ToolChoice.auto());
        assertThat(tools.maxRounds()).isEqualTo(10);
        assertThat(tools.maxCalls()).isEqualTo(Integer.MAX_VALUE);
        assertThat(tools.maxTime()).isNull();
        assertThat(tools.timeout()).isNull();
        assertThat(tools.parallel()).isTrue();
        assertThat(tools.find("a")).isPresent();
        assertThat(tools.find("b")).isEmpty();
    }

    @Test
    void typedTools_withoutTheArtifact_nameIt() {
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> Tool.of("weather", "", Place.class, Place::town))
                .withMessageContaining("dev.tokapu:tokapu-structured");
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> Tool.methodsOf(this))
                .withMessageContaining("dev.tokapu:tokapu-structured");
    }
}
