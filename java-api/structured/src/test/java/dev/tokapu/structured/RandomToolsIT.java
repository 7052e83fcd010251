package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.testsupport.Thorough;
import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolDefinition;
import dev.tokapu.tool.ToolResult;
import dev.tokapu.tool.Tools;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random tools, half of random records and half of random schemas. Arguments that the grammar of the schema allows reach the
 * body; the same with a fault are an error for the model. {@code -Dtokapu.test.seed} tries others.
 */
@Tag("checkout") // compiles Java
class RandomToolsIT {

    private static final long SEED = Long.getLong("tokapu.test.seed", 20261128);
    private static final int TOOLS = Thorough.cases(1000, 400, 150);
    private static final int WANTED = 30;
    private static final int LIMIT = 5000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<Object> reached = new ArrayList<>();

    @Test
    @Timeout(600)
    void run_randomArguments_reachTheBodyUnlessTheyHaveAFault(@TempDir Path folder) throws Exception {
        RandomSchemas schemas = new RandomSchemas(SEED);
        List<Tool> all = new ArrayList<>();
        for (Class<?> type : RandomTypes.compile(SEED, TOOLS / 2, folder)) {
            all.add(typed(schemas.words(3) + all.size(), schemas.words(9), type));
        }
        while (all.size() < TOOLS) {
            String schema = schemas.object(3).toString();
            ToolDefinition definition = new ToolDefinition(schemas.words(3) + all.size(), schemas.words(9), schema);
            all.add(Tool.of(definition, arguments -> {
                reached.add(arguments);
                return "called";
            }));
        }
        Tools tools = Tools.builder().add(all).build();
        int faults = 0;
        try (Model model = TestModels.tiny()) {
            GrammarWalk walk = new GrammarWalk(model, SEED);
            for (Tool tool : all) {
                String arguments;
                try (SamplerChain chain = walk.chain(Grammar.ofJsonSchemaCompact(tool.argumentsSchema()))) {
                    arguments = draw(walk, chain);
                }
                assertThat(run(tools, tool, arguments)).isEqualTo(result(tool, "called", false));
                for (String faulty : faulty(tool, arguments)) {
                    assertThat(run(tools, tool, faulty))
                            .as("%s with %s", tool.argumentsSchema(), faulty)
                            .satisfies(result -> assertThat(result.isError()).isTrue())
                            .satisfies(result ->
                                    assertThat(result.text()).startsWith("the arguments do not fit the tool: "));
                    faults++;
                }
            }
        }
        assertThat(reached).hasSize(TOOLS);
        assertThat(faults).isGreaterThan(TOOLS * 4);
    }

    /** llama.cpp's grammars take a character spelled with more bytes than it needs, which random bytes may be. */
    private static String draw(GrammarWalk walk, SamplerChain chain) {
        String text;
        do {
            text = walk.draw(chain, WANTED, LIMIT);
        } while (text.contains("\uFFFD"));
        return text;
    }

    private <A> Tool typed(String name, String description, Class<A> type) {
        return Tool.of(name, description, type, arguments -> {
            reached.add(type.cast(arguments));
            return "called";
        });
    }

    private static ToolResult run(Tools tools, Tool tool, String arguments) {
        return tools.run(List.of(new ToolCall("1", tool.name(), arguments))).get(0);
    }

    private static ToolResult result(Tool tool, String text, boolean isError) {
        return new ToolResult("1", tool.name(), text, isError);
    }

    private static List<String> faulty(Tool tool, String arguments) throws Exception {
        List<String> faulty = new ArrayList<>(List.of(
                arguments.substring(0, arguments.length() - 1),
                arguments + "}",
                "[" + arguments + "]",
                "\"" + arguments.length() + "\""));
        ObjectNode sound = (ObjectNode) JSON.readTree(arguments);
        faulty.add(sound.deepCopy().put("no such property", 1).toString());
        for (JsonNode name : JSON.readTree(tool.argumentsSchema()).path("required")) {
            faulty.add(without(sound, name.asText()).toString());
            JsonNode other = sound.path(name.asText()).isTextual()
                    ? JSON.getNodeFactory().numberNode(7)
                    : JSON.getNodeFactory().textNode("no\nvalue");
            faulty.add(sound.deepCopy().set(name.asText(), other).toString());
        }
        return faulty;
    }

    private static ObjectNode without(ObjectNode sound, String name) {
        ObjectNode copy = sound.deepCopy();
        copy.remove(name);
        return copy;
    }
}
