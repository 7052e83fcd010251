package dev.tokapu.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.ScriptedChat;
import dev.tokapu.TestModels;
import dev.tokapu.sampling.Sampler;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Thoughts of a model that thinks what a script wants; a token is a byte. */
class ReasoningIT {

    private static final ChatMessage QUESTION = ChatMessage.user("What is 3 and 1?");
    private static final String THOUGHT = "Three, and one more. That is four, I am rather sure.";
    private static final String RAW = "<think>\n" + THOUGHT + "\n</think>\n\nIt is 4.";

    @TempDir
    Path folder;

    private ScriptedChat script() {
        return new ScriptedChat(folder, List.of()).says(RAW, QUESTION);
    }

    private static ChatOptions.Builder options() {
        return ChatOptions.builder()
                .template(ScriptedChat.TEMPLATE)
                .samplers(Sampler.greedy())
                .maxTokens(200)
                .context(TestModels.small().contextSize(1024).build());
    }

    @Test
    void send_modelThatThinks_hasThoughtsApart() {
        try (Model model = script().load();
                ChatSession chat = ChatSession.open(model, options().build())) {
            ChatAnswer answer = chat.send(QUESTION);
            StringBuilder text = new StringBuilder();
            answer.forEach(text::append);

            assertThat(text).hasToString("It is 4.");
            assertThat(answer.text()).isEqualTo("It is 4.");
            assertThat(answer.reasoning().strip()).isEqualTo(THOUGHT);
            assertThat(answer.rawText()).isEqualTo(RAW);
            assertThat(answer.usage().reasoningTokens()).isBetween(THOUGHT.length(), RAW.indexOf("</think>"));
            assertThat(chat.history().get(1).reasoning()).isEqualTo(answer.reasoning());
            assertThat(chat.history().get(1).content()).isEqualTo("It is 4.");
        }
    }

    @Test
    void deltas_modelThatThinks_comeInOrder() {
        try (Model model = script().load();
                ChatSession chat = ChatSession.open(model, options().build())) {
            StringBuilder reasoning = new StringBuilder();
            StringBuilder text = new StringBuilder();
            chat.send(QUESTION).deltas().forEach(delta -> {
                if (delta instanceof AnswerDelta.Reasoning part) {
                    assertThat(text).isEmpty();
                    reasoning.append(part.text());
                } else if (delta instanceof AnswerDelta.Text part) {
                    text.append(part.text());
                }
            });
            assertThat(reasoning.toString().strip()).isEqualTo(THOUGHT);
            assertThat(text).hasToString("It is 4.");
        }
    }

    @Test
    void budget_spent_endsTheThoughtWithTheClosingText() {
        ReasoningOptions reasoning = ReasoningOptions.defaults().withBudget(9).withClosingText(" Enough.");
        try (Model model = script().load();
                ChatSession chat =
                        ChatSession.open(model, options().reasoning(reasoning).build())) {
            ChatAnswer answer = chat.send(QUESTION);
            assertThat(answer.message().reasoning())
                    .startsWith("Three")
                    .contains(" Enough.")
                    .doesNotContain("more");
            assertThat(answer.rawText()).contains(" Enough.</think>");
        }
    }

    @Test
    void budget_zero_doesNotThink() {
        try (Model model = script().load();
                ChatSession chat = ChatSession.open(
                        model,
                        options()
                                .reasoning(ReasoningOptions.defaults().withBudget(0))
                                .build())) {
            ChatAnswer answer = chat.send(QUESTION);
            assertThat(answer.message().reasoning().strip()).isEmpty();
            assertThat(answer.rawText()).startsWith("<think></think>");
        }
    }

    @Test
    @Tag("cpu") // where a GPU chooses tokens, it takes a budget
    void endReasoning_whileItThinks_goesOnToTheAnswer() {
        String thought = "So it is. ".repeat(300);
        ScriptedChat script = new ScriptedChat(folder, List.of()).says("<think>\n" + thought + "</think>\n4", QUESTION);
        ChatOptions options = options()
                .maxTokens(4000)
                .context(TestModels.small().contextSize(4096).build())
                .build();
        try (Model model = script.load();
                ChatSession chat = ChatSession.open(model, options)) {
            ChatAnswer answer = chat.send(QUESTION);
            AtomicBoolean asked = new AtomicBoolean();
            answer.deltas().forEach(delta -> {
                if (delta instanceof AnswerDelta.Reasoning && !asked.getAndSet(true)) {
                    chat.endReasoning();
                }
            });
            assertThat(answer.rawText())
                    .startsWith("<think>")
                    .contains("</think>")
                    .doesNotContain(thought);
        }
    }

    @Test
    void continueAnswer_cutInTheThought_goesOnThere() {
        ScriptedChat script = script();
        try (Model model = script.load();
                ChatSession chat =
                        ChatSession.open(model, options().maxTokens(20).build())) {
            ChatAnswer first = chat.send(QUESTION);
            assertThat(first.text()).isEmpty();
            ChatAnswer second = chat.continueAnswer();
            assertThat(second.message().reasoning()).startsWith("Three, and").hasSizeGreaterThan(20);
            assertThat(chat.history()).hasSize(2);
            while (chat.continueAnswer().text().isEmpty()) {
                assertThat(chat.history()).hasSize(2);
            }
            assertThat(chat.history().get(1).reasoning().strip()).isEqualTo(THOUGHT);
        }
    }

    @Test
    void saveAndLoad_withThoughts_keepsThem() throws Exception {
        try (Model model = script().load();
                ChatSession chat = ChatSession.open(model, options().build());
                ChatSession other = ChatSession.open(model, options().build())) {
            chat.send(QUESTION).text();
            chat.save(folder.resolve("chat"));
            assertThat(other.load(folder.resolve("chat"))).isTrue();
            assertThat(other.history()).isEqualTo(chat.history());
        }
    }
}
