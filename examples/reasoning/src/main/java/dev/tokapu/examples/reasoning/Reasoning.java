package dev.tokapu.examples.reasoning;

import dev.tokapu.Model;
import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.chat.ChatAnswer;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.chat.ReasoningOptions;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import java.nio.file.Path;
import java.util.Iterator;

/** Shows thoughts apart from the answer, limits them, ends one, and does without. */
public final class Reasoning {

    private static final String QUESTION =
            "A bat and a ball cost 11 euros. The bat costs 10 more. What does the ball cost?";

    private Reasoning() {}

    public static void main(String[] args) {
        ModelSource source = args.length > 0 ? ModelSource.file(Path.of(args[0])) : DefaultModel.source();
        try (Model model = Model.load(source)) {
            withBudget(model);
            endedByHand(model);
            without(model);
        }
    }

    private static void withBudget(Model model) {
        // @start region="budget"
        ChatOptions options = ChatOptions.builder()
                .maxTokens(300)
                .reasoning(ReasoningOptions.defaults()
                        .withBudget(100)
                        .withClosingText("\nThat is enough: I answer now.\n"))
                .build();
        try (ChatSession chat = ChatSession.open(model, options)) {
            ChatAnswer answer = chat.askStreaming(QUESTION);
            answer.deltas().forEach(delta -> {
                if (delta instanceof AnswerDelta.Reasoning thought) {
                    System.out.print("~" + thought.text());
                } else if (delta instanceof AnswerDelta.Text text) {
                    System.out.print(text.text());
                }
            });
            System.out.println();
            System.out.println(
                    answer.reasoning().isEmpty()
                            ? "This model does not think."
                            : answer.usage().reasoningTokens() + " tokens of "
                                    + answer.usage().generatedTokens() + " were thoughts.");
        }
        // @end
    }

    private static void endedByHand(Model model) {
        // @start region="end"
        try (ChatSession chat =
                ChatSession.open(model, ChatOptions.builder().maxTokens(300).build())) {
            Iterator<AnswerDelta> deltas = chat.askStreaming(QUESTION).deltas().iterator();
            int thoughts = 0;
            while (deltas.hasNext()) {
                if (deltas.next() instanceof AnswerDelta.Reasoning && ++thoughts == 20) {
                    chat.endReasoning(); // any thread may do this
                }
            }
            System.out.println("Thought " + thoughts + " times.");
        }
        // @end
    }

    private static void without(Model model) {
        // @start region="off"
        ChatOptions atOnce = ChatOptions.builder()
                .maxTokens(100)
                .reasoning(ReasoningOptions.off())
                .build();
        try (ChatSession chat = ChatSession.open(model, atOnce)) {
            System.out.println("At once: " + chat.ask(QUESTION));
        }
        // @end
    }
}
