package dev.tokapu.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.ContextShift;
import dev.tokapu.tool.ToolDefinition;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What stays when a context is full: system prompt, tools and arguments, wherever the template puts them. */
class ChatKeptIT {

    private static final String SYSTEM = "you are the keeper of the tower";
    private static final String END = "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
    private static final String TURNS =
            "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}";

    private static Model model;

    @BeforeAll
    static void load() {
        model = TestModels.tiny();
    }

    @AfterAll
    static void close() {
        model.close();
    }

    /** The text of what is kept of a conversation whose answer fills the context. */
    private static String kept(ChatOptions.Builder options) {
        AtomicInteger kept = new AtomicInteger(-1);
        ContextShift shift = situation -> {
            kept.compareAndSet(-1, situation.kept());
            return Optional.<ContextShift.Range>empty();
        };
        ChatOptions all = options.context(TestModels.small().build())
                .samplers(TestModels.noEnd(model), Sampler.greedy())
                .contextShift(shift)
                .maxTokens(300)
                .build();
        try (ChatSession chat = ChatSession.open(model, all);
                ChatTemplate template = ChatTemplate.of(model, String.valueOf(all.template()))) {
            chat.send("hello").text();
            ChatRequest request = ChatRequest.builder(
                            chat.history().subList(0, chat.history().size() - 1))
                    .tools(all.tools())
                    .arguments(all.templateArguments())
                    .build();
            int[] prompt = new PromptTokenizer(model.vocab())
                    .tokenize(template, request, AnswerPrefix.NONE)
                    .tokens()
                    .tokens();
            assertThat(kept.get()).isBetween(0, prompt.length);
            return model.vocab().detokenize(Arrays.copyOf(prompt, kept.get()));
        }
    }

    private static ChatOptions.Builder template(String jinja) {
        return ChatOptions.builder().template(jinja + END);
    }

    @Test
    void contextShift_systemMessage_isKept() {
        assertThat(kept(template(TURNS).systemPrompt(SYSTEM))).contains(SYSTEM).doesNotContain("hello");
    }

    @Test
    void contextShift_systemTextFoldedIntoTheFirstTurn_isKept() {
        String folding = "{% if messages[0].role == 'system' %}{% set first = messages[0].content + '\n\n' %}"
                + "{% set rest = messages[1:] %}{% else %}{% set first = '' %}{% set rest = messages %}{% endif %}"
                + "{% for m in rest %}<|im_start|>{{ m.role }}\n{{ first if loop.first else '' }}{{ m.content }}<|im_end|>\n{% endfor %}";
        assertThat(kept(template(folding).systemPrompt(SYSTEM)))
                .contains(SYSTEM)
                .doesNotContain("hello");
    }

    @Test
    void contextShift_systemTextThatTheTemplatePutsIn_isKept() {
        assertThat(kept(template("<|im_start|>system\n" + SYSTEM + "<|im_end|>\n" + TURNS)))
                .contains(SYSTEM)
                .doesNotContain("hello");
    }

    @Test
    void contextShift_toolsInTheSystemBlock_areKept() {
        ToolDefinition tool = new ToolDefinition("weather", "tells the weather of a town", "{\"type\":\"object\"}");
        String tools = "{% for t in tools %}{{ t.function.description }}\n{% endfor %}";
        assertThat(kept(template(tools + TURNS).systemPrompt(SYSTEM).tools(List.of(tool))))
                .contains("tells the weather of a town")
                .contains(SYSTEM);
    }

    @Test
    void contextShift_templateArguments_areKept() {
        assertThat(kept(template("{{ note }}\n" + TURNS)
                        .systemPrompt(SYSTEM)
                        .templateArguments(Map.of("note", "this is a note"))))
                .contains("this is a note")
                .contains(SYSTEM);
    }
}
