package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolDefinition;
import dev.tokapu.tool.ToolResult;
import dev.tokapu.tool.Tools;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.io.Serializable;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tools whose arguments are a Java type, and tools of JSON with a schema. */
class TypedToolsTest {

    static ToolResult run(Tool tool, String arguments) {
        return Tools.of(tool)
                .run(List.of(new ToolCall("1", tool.name(), arguments.replace('\'', '"'))))
                .get(0);
    }

    private static void assertMisfit(Tool tool, String arguments, String... parts) {
        ToolResult result = run(tool, arguments);
        assertThat(result.isError()).as(result.text()).isTrue();
        assertThat(result.text())
                .startsWith("the arguments do not fit the tool: ")
                .contains(parts);
    }

    private static Tool never(ToolDefinition definition) {
        return Tool.of(definition, arguments -> {
            throw new AssertionError("called with " + arguments);
        });
    }

    @JsonClassDescription("where and when")
    record Trip(
            @JsonPropertyDescription("to where") String town,
            @Min(1) @Max(9) int people,
            Optional<LocalDate> day,
            @Nullable String note,
            List<DayOfWeek> not) {}

    private static final Tool TRIP = Tool.of("trip", "Books a trip", Trip.class, Trip::toString);

    @Test
    void definition_record_saysWhatTheModelNeeds() {
        assertThat(TRIP.definition().name()).isEqualTo("trip");
        assertThat(TRIP.definition().description()).isEqualTo("Books a trip");
        assertThat(TRIP.definition().parametersJsonSchema())
                .isEqualTo(("{'type':'object','properties':{'town':{'type':'string','description':'to where'},"
                                + "'people':{'type':'integer','minimum':1,'maximum':9},"
                                + "'day':{'type':'string','format':'date'},'note':{'type':'string'},"
                                + "'not':{'type':'array','items':{'enum':['MONDAY','TUESDAY','WEDNESDAY','THURSDAY',"
                                + "'FRIDAY','SATURDAY','SUNDAY']}}},'required':['town','people','not'],"
                                + "'description':'where and when'}")
                        .replace('\'', '"'));
        assertThat(TRIP.argumentsSchema()).contains("\"additionalProperties\":false", "{\"type\":\"null\"}");
    }

    @Test
    void run_optionalAndNullable_mayBeAbsentAndNull() {
        Trip trip = new Trip("Lima", 2, Optional.empty(), null, List.of());
        assertThat(run(TRIP, "{'town':'Lima','people':2,'not':[]}").text()).isEqualTo(trip.toString());
        assertThat(run(TRIP, "{'town':'Lima','people':2,'not':[],'day':null,'note':null}")
                        .text())
                .isEqualTo(trip.toString());
        assertThat(run(TRIP, "{'town':'Lima','people':2,'not':['SUNDAY'],'day':'2026-12-24','note':'n'}")
                        .text())
                .isEqualTo(new Trip("Lima", 2, Optional.of(LocalDate.of(2026, 12, 24)), "n", List.of(DayOfWeek.SUNDAY))
                        .toString());
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
            {'people':2,'not':[]}                         | town
            {'town':'a','people':10,'not':[]}             | /people
            {'town':'a','people':'2','not':[]}            | /people
            {'town':null,'people':2,'not':[]}             | /town
            {'town':'a','people':2,'not':['SUN']}         | /not/0
            {'town':'a','people':2,'not':[],'day':'soon'} | /day
            {'town':'a','people':2,'not':[],'more':1}     | more
            {'town':'a','people':2                        | JSON
            []                                            | object
            """)
    void run_argumentsThatDoNotFit_areAnErrorThatNamesThePlace(String arguments, String place) {
        assertMisfit(TRIP, arguments, place);
    }

    record Even(int number) {
        Even {
            if (number % 2 != 0) {
                throw new IllegalArgumentException(number + " is odd");
            }
        }
    }

    record Sum(Even first, Even second) {}

    @Test
    void run_constructorThatRefuses_isAnErrorThatNamesThePlace() {
        Tool tool = Tool.of(
                "sum", "", Sum.class, sum -> sum.first().number() + sum.second().number());
        assertMisfit(tool, "{'first':{'number':2},'second':{'number':3}}", "/second: 3 is odd");
        assertThat(run(tool, "{'first':{'number':2},'second':{'number':4}}").text())
                .isEqualTo("6");
    }

    sealed interface Shape permits Circle, Square {}

    record Circle(double radius) implements Shape {}

    record Square(double side) implements Shape {}

    record Drawing(Shape shape, Map<String, Shape> others) {}

    @Test
    void run_sealedTypes_areToldApart() {
        Tool tool = Tool.of("draw", "", Drawing.class, drawing -> drawing);
        String json = "{'shape':{'type':'Circle','radius':1.5},'others':{'a':{'type':'Square','side':2.0}}}";
        assertThat(run(tool, json)).isEqualTo(new ToolResult("1", "draw", json.replace('\'', '"'), false));
        assertMisfit(tool, "{'shape':{'type':'Cube','side':1},'others':{}}", "/shape");
    }

    record Node(String name, Optional<Node> next) {}

    @Test
    void definition_recursiveType_isAnObjectByItsFirstKeyword() {
        Tool tool = Tool.of(
                "list", "", Node.class, node -> node.next().orElseThrow().name());
        assertThat(tool.definition().parametersJsonSchema())
                .startsWith("{\"type\":\"object\",\"properties\":{\"name\"");
        assertThat(run(tool, "{'name':'a','next':{'name':'b'}}").text()).isEqualTo("b");
        assertMisfit(tool, "{'name':'a','next':{'name':7}}", "/next");
        String deep = "{'name':'a','next':".repeat(5000) + "{'name':'b'}" + "}".repeat(5000);
        assertThat(run(tool, deep).isError()).isTrue(); // Jackson reads 1,000 levels
    }

    record Nothing() {}

    @Test
    void run_recordWithoutComponents_takesNoArguments() {
        Tool tool = Tool.of("now", "", Nothing.class, nothing -> 12);
        assertThat(run(tool, "").text()).isEqualTo("12");
        assertThat(run(tool, "{}").text()).isEqualTo("12");
        assertMisfit(tool, "{'a':1}", "a");
    }

    @Test
    void run_results_areTextAsItIsAndTheRestAsJson() {
        record Result(
                String a,
                @JsonFormat(pattern = "dd.MM.yyyy") LocalDate day,
                Optional<Integer> n) {}
        assertThat(run(Tool.of("t", "", Nothing.class, n -> "a \"text\""), "").text())
                .isEqualTo("a \"text\"");
        assertThat(run(Tool.of("t", "", Nothing.class, n -> List.of("a", 1)), "")
                        .text())
                .isEqualTo("[\"a\",1]");
        assertThat(run(Tool.of("t", "", Nothing.class, n -> null), "").text()).isEqualTo("null");
        assertThat(run(Tool.of("t", "", Nothing.class, n -> new Result("ä", LocalDate.EPOCH, Optional.of(3))), "")
                        .text())
                .isEqualTo("{\"a\":\"ä\",\"day\":\"01.01.1970\",\"n\":3}");
        assertThat(run(Tool.async("t", "", Nothing.class, n -> CompletableFuture.supplyAsync(() -> List.of(1))), "")
                        .text())
                .isEqualTo("[1]");
    }

    @Test
    void run_resultThatIsNoJson_isAnErrorForTheModel() {
        List<Object> itself = new ArrayList<>();
        itself.add(itself);
        ToolResult result = run(Tool.of("t", "", Nothing.class, n -> itself), "");
        assertThat(result.isError()).isTrue();
        assertThat(result.text()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(classes = {String.class, int.class, DayOfWeek.class, Shape.class, Serializable.class, Thread.class})
    void of_typeThatIsNoObject_isRefused(Class<?> type) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tool.of("t", "", type, arguments -> ""))
                .withMessageContaining(type.getSimpleName());
    }

    private static ToolDefinition schema(String schema) {
        return new ToolDefinition("raw", "", schema.replace('\'', '"'));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "'$schema':'http://json-schema.org/draft-07/schema#',"})
    void run_jsonSchema_isHeld(String dialect) {
        String schema = "{" + dialect + "'type':'object','properties':{'größe':{'type':'integer'},"
                + "'tags':{'type':'array','items':{'type':'string','pattern':'^[a-z]+$'}}},'required':['größe']}";
        assertMisfit(never(schema(schema)), "{}", "größe");
        assertMisfit(never(schema(schema)), "{'größe':'x'}", "/größe");
        assertMisfit(never(schema(schema)), "{'größe':1,'tags':['a','B']}", "/tags/1");
        assertThat(run(Tool.of(schema(schema), arguments -> arguments), "{'größe':1,'tags':['a']}")
                        .text())
                .isEqualTo("{\"größe\":1,\"tags\":[\"a\"]}");
    }

    @Test
    void of_schemaThatCannotBeChecked_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> never(schema("{'type':'object','properties':{'a':{'pattern':'('}}}")))
                .withMessageContaining("cannot be checked");
    }

    @Test
    void run_schemaThatRefersToNothing_isAnErrorForTheModel() {
        Tool tool = never(schema("{'type':'object','properties':{'a':{'$ref':'#/nowhere'}}}"));
        assertThat(run(tool, "{'a':1}").text()).contains("nowhere");
        Tool far = never(schema("{'type':'object','properties':{'a':{'$ref':'http://localhost:9/a'}}}"));
        assertThat(run(far, "{'a':1}").isError()).isTrue();
    }
}
