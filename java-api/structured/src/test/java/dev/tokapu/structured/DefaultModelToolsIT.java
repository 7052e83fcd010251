package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.SmolModel;
import dev.tokapu.TestModels;
import dev.tokapu.chat.ChatAnswer;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.testsupport.Thorough;
import dev.tokapu.text.FinishReason;
import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolChoice;
import dev.tokapu.tool.ToolDefinition;
import dev.tokapu.tool.ToolResult;
import dev.tokapu.tool.Tools;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random tools that a small real model must call, by name or any of several: every call names one of them and has arguments by
 * its schema. {@code -Dtokapu.test.tools=1000} tries that many, {@code -Dtokapu.test.seed} others.
 */
class DefaultModelToolsIT {

    private static final int TOOLS = Integer.getInteger("tokapu.test.tools", Thorough.cases(2, 2, 1));
    private static final long SEED = Long.getLong("tokapu.test.seed", 171128);
    private static final int MAX_TOKENS = Thorough.cases(200, 100, 100);

    @SmolModel
    private static Model model;

    private int cut;
    private int called;

    @Test
    @Timeout(36_000)
    void send_toolsThatMustBeCalled_givesCallsThatFitTheirSchemas() {
        for (int number = 0; number < TOOLS; number++) {
            RandomSchemas schemas = new RandomSchemas(SEED + number);
            boolean named = number % 2 == 0;
            List<Tool> tools = new ArrayList<>();
            for (int i = named ? 1 : 2; i > 0; i--) {
                String schema = schemas.object(2).toString();
                ToolDefinition definition = new ToolDefinition(schemas.words(3) + i, schemas.words(5), schema);
                tools.add(Tool.of(definition, arguments -> "called"));
            }
            ToolChoice choice = named ? ToolChoice.named(tools.get(0).name()) : ToolChoice.required();
            call(Tools.builder().add(tools).build(), choice, "Use " + schemas.words(3) + ".");
        }
        System.out.printf("%d tools called, %d calls cut by the limit of tokens%n", called, cut);
        assertThat(called + cut).isEqualTo(TOOLS);
    }

    private void call(Tools tools, ToolChoice choice, String question) {
        ChatOptions options = ChatOptions.builder()
                .context(TestModels.small().contextSize(4096).build())
                .tools(tools.definitions())
                .toolChoice(choice)
                .temperature(0)
                .maxTokens(MAX_TOKENS)
                .build();
        try (ChatSession chat = ChatSession.open(model, options);
                ChatAnswer answer = chat.send(question)) {
            List<ToolCall> calls = answer.message().toolCalls();
            assertThat(answer.formatProblem()).as(answer.rawText()).isEmpty();
            if (calls.isEmpty()) {
                assertThat(answer.finishReason()).as(answer.rawText()).isEqualTo(FinishReason.MAX_TOKENS);
                cut++;
                return;
            }
            assertThat(tools.run(calls))
                    .as("%s of %s", answer.rawText(), tools.definitions())
                    .extracting(ToolResult::text)
                    .containsOnly("called");
            called++;
        }
    }
}
