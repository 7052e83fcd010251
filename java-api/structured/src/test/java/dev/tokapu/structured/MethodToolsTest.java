package dev.tokapu.structured;

import static dev.tokapu.structured.TypedToolsTest.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolMethod;
import dev.tokapu.tool.ToolResult;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.io.IOException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tools of annotated methods. */
@SuppressWarnings("unused") // what reflection calls
class MethodToolsTest {

    private static Tool tool(Object target, String name) {
        return Tool.methodsOf(target).stream()
                .filter(tool -> tool.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    sealed interface Wish permits Refund, Exchange {}

    record Refund(@Min(0) int euros) implements Wish {}

    record Exchange(String product) implements Wish {}

    static class Shop {
        @ToolMethod(description = "What is in stock")
        public int stock(@JsonPropertyDescription("of what") String product) {
            return product.length();
        }

        @ToolMethod(name = "wünsche")
        List<Wish> wishes(Wish wish, Optional<Wish> other) {
            return other.map(more -> List.of(wish, more)).orElse(List.of(wish));
        }

        @ToolMethod
        private String all(
                int number,
                @Nullable Integer boxed,
                OptionalInt optional,
                @JsonProperty("class") String named,
                @JsonFormat(pattern = "dd.MM.yyyy") LocalDate day,
                List<@Size(max = 2) String> texts,
                Map<String, Integer> map,
                char... letters) {
            return number + " " + boxed + " " + optional + " " + named + " " + day + " " + texts + " " + map + " "
                    + Arrays.toString(letters);
        }

        @ToolMethod
        static String words(@Size(max = 2) String... words) {
            return String.join("+", words);
        }

        @ToolMethod
        void nothing() {}

        @ToolMethod
        CompletionStage<Void> nothingLater() {
            return CompletableFuture.runAsync(() -> {});
        }

        @ToolMethod
        CompletableFuture<List<Wish>> later() {
            return CompletableFuture.completedFuture(List.of(new Refund(3)));
        }

        @ToolMethod
        @Nullable
        String none() {
            return null;
        }

        @ToolMethod
        int fails(@Min(1) @Max(3) int way) throws Exception {
            if (way == 1) {
                throw new IOException("no disk");
            }
            throw new AssertionError("odd");
        }

        public String noTool(Thread thread) {
            return "";
        }
    }

    @Test
    void methodsOf_names_areThoseOfTheMethodsInTheirOrder() {
        assertThat(Tool.methodsOf(new Shop()))
                .extracting(Tool::name)
                .containsExactly(
                        "all", "fails", "later", "none", "nothing", "nothingLater", "stock", "words", "wünsche");
    }

    @Test
    void methodsOf_parameters_areTheSchema() {
        Tool stock = tool(new Shop(), "stock");
        assertThat(stock.definition().description()).isEqualTo("What is in stock");
        assertThat(stock.definition().parametersJsonSchema())
                .isEqualTo("{\"type\":\"object\",\"properties\":{\"product\":{\"type\":\"string\","
                        + "\"description\":\"of what\"}},\"required\":[\"product\"]}");
        assertThat(tool(new Shop(), "all").definition().parametersJsonSchema())
                .contains(
                        "\"required\":[\"number\",\"class\",\"day\",\"texts\",\"map\",\"letters\"]", "\"maxLength\":2");
        assertThat(tool(new Shop(), "nothing").definition().parametersJsonSchema())
                .isEqualTo("{\"type\":\"object\",\"properties\":{}}");
    }

    @Test
    void run_arguments_areThoseOfTheMethod() {
        Tool all = tool(new Shop(), "all");
        assertThat(run(all, "{'number':1,'class':'c','day':'24.12.2026','texts':['a'],'map':{'x':2},'letters':'yz'}")
                        .text())
                .isEqualTo("1 null OptionalInt.empty c 2026-12-24 [a] {x=2} [y, z]");
        assertThat(run(
                                all,
                                "{'number':1,'boxed':2,'optional':3,'class':'c','day':'24.12.2026','texts':[],'map':{},"
                                        + "'letters':''}")
                        .text())
                .isEqualTo("1 2 OptionalInt[3] c 2026-12-24 [] {} []");
        assertThat(run(tool(new Shop(), "words"), "{'words':['a','b']}").text()).isEqualTo("a+b");
    }

    @Test
    void run_primitiveThatIsNullOrAbsent_isAnErrorForTheModel() {
        Tool fails = tool(new Shop(), "fails");
        for (String arguments : List.of("{}", "{'way':null}", "{'way':0}", "{'way':'1'}", "{'way':1.5}")) {
            assertThat(run(fails, arguments).text())
                    .as(arguments)
                    .startsWith("the arguments do not fit the tool: ")
                    .contains("way");
        }
    }

    @Test
    void run_exceptionOfTheMethod_isItsMessage() {
        assertThat(run(tool(new Shop(), "fails"), "{'way':1}"))
                .isEqualTo(new ToolResult("1", "fails", "no disk", true));
        assertThat(run(tool(new Shop(), "fails"), "{'way':2}").text()).isEqualTo("odd");
    }

    @Test
    void run_results_areTextOrJsonOrDone() {
        Shop shop = new Shop();
        assertThat(run(tool(shop, "nothing"), "").text()).isEqualTo("done");
        assertThat(run(tool(shop, "nothingLater"), "").text()).isEqualTo("done");
        assertThat(run(tool(shop, "none"), "").text()).isEqualTo("null");
        assertThat(run(tool(shop, "later"), "").text()).isEqualTo("[{\"type\":\"Refund\",\"euros\":3}]");
        String refund = "{'type':'Refund','euros':3}";
        String exchange = "{'type':'Exchange','product':'pan'}";
        assertThat(run(tool(shop, "wünsche"), "{'wish':" + refund + ",'other':" + exchange + "}")
                        .text())
                .isEqualTo(("[" + refund + "," + exchange + "]").replace('\'', '"'));
    }

    interface Finder<T> {
        @ToolMethod(description = "Finds")
        String find(T what);
    }

    static final class Wishes implements Finder<Refund> {
        @Override
        public String find(Refund what) {
            return what.euros() + " euros";
        }
    }

    static class Base {
        @ToolMethod(description = "base")
        String greet() {
            return "base";
        }

        @ToolMethod
        String own() {
            return "own";
        }
    }

    static final class Derived extends Base implements Finder<List<Exchange>> {
        @Override
        @ToolMethod(description = "derived")
        String greet() {
            return "derived";
        }

        @Override
        @ToolMethod(name = "search")
        public String find(List<Exchange> what) {
            return what.get(0).product();
        }
    }

    @Test
    void methodsOf_annotatedInterface_isThatOfTheObject() {
        Tool find = tool(new Wishes(), "find");
        assertThat(find.definition().description()).isEqualTo("Finds");
        assertThat(run(find, "{'what':{'type':'Refund','euros':3}}").text()).isEqualTo("3 euros");
    }

    @Test
    void methodsOf_overriddenMethod_isWhatTheClassSaysOfIt() {
        assertThat(Tool.methodsOf(new Derived())).extracting(Tool::name).containsExactly("greet", "own", "search");
        assertThat(tool(new Derived(), "greet").definition().description()).isEqualTo("derived");
        assertThat(run(tool(new Derived(), "greet"), "").text()).isEqualTo("derived");
        assertThat(run(tool(new Derived(), "search"), "{'what':[{'type':'Exchange','product':'pan'}]}")
                        .text())
                .isEqualTo("pan");
    }

    @Test
    void methodsOf_lambda_isTheMethodOfItsInterface() {
        interface Named {
            @ToolMethod(name = "hello")
            String greet(String name);
        }
        Named named = name -> "hello " + name;
        assertThat(run(tool(named, "hello"), "{'name':'you'}").text()).isEqualTo("hello you");
    }
}
