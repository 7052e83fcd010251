package dev.tokapu.examples.typed;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.tokapu.Model;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.chat.TypeRef;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import dev.tokapu.structured.PartialValue;
import dev.tokapu.structured.StructuredOutputException;
import dev.tokapu.structured.StructuredStream;
import dev.tokapu.structured.StructuredType;
import dev.tokapu.text.TextStream;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Asks for values: a record, a list, one of several types, a value while it grows, and one without a chat. */
public final class TypedAnswers {

    private TypedAnswers() {}

    // @start region="types"
    public enum Mood {
        GOOD,
        NEUTRAL,
        BAD
    }

    public record Review(
            @JsonPropertyDescription("the product's name") @Size(max = 40)
            String product,

            @Min(1) @Max(5) int stars,
            Mood mood,
            Optional<@Size(max = 60) String> complaint) {}

    public sealed interface Wish permits Refund, Exchange {}

    public record Refund(@Min(0) int euros) implements Wish {}

    public record Exchange(@Size(max = 40) String otherProduct) implements Wish {}
    // @end

    public static void main(String[] args) {
        ModelSource source = args.length > 0 ? ModelSource.file(Path.of(args[0])) : DefaultModel.source();
        ChatOptions options =
                ChatOptions.builder().temperature(0).maxTokens(300).build();
        try (Model model = Model.load(source);
                ChatSession chat = ChatSession.open(model, options)) {
            record(chat);
            chat.reset();
            list(chat);
            chat.reset();
            oneOf(chat);
            chat.reset();
            streaming(chat);
            withoutChat(model);
        }
    }

    private static void record(ChatSession chat) {
        // @start region="record"
        Review review = chat.ask("Classify: 'The kettle is fast, but it leaks.'", Review.class);
        System.out.println(review.stars() + " stars for " + review.product());
        // @end
    }

    private static void list(ChatSession chat) {
        // @start region="list"
        record Words(@Size(min = 1, max = 3) List<@Size(max = 20) String> words) {}
        System.out.println(chat.ask("Three words for rain", Words.class).words());
        Optional<Mood> mood = chat.ask("The mood of 'It is.', if any", new TypeRef<Optional<Mood>>() {});
        System.out.println(mood);
        // @end
    }

    private static void oneOf(ChatSession chat) {
        // @start region="sealed"
        Wish wish = chat.ask("A customer writes: 'I want my 20 euros back.'", Wish.class);
        System.out.println(wish instanceof Refund refund ? refund.euros() + " euros" : "an exchange");
        // @end
    }

    private static void streaming(ChatSession chat) {
        // @start region="streaming"
        try (StructuredStream<Review> stream =
                chat.askStreaming("Classify: 'Great lamp!'", StructuredType.of(Review.class))) {
            for (PartialValue<Review> partial : stream) {
                System.out.println(partial.json());
            }
            System.out.println(stream.value());
        } catch (StructuredOutputException e) {
            System.out.println("not whole (" + e.finishReason() + "): " + e.text());
        }
        // @end
    }

    private static void withoutChat(Model model) {
        // @start region="completion"
        StructuredType<Review> type = StructuredType.of(Review.class);
        String example = type.write(new Review("pan", 5, Mood.GOOD, Optional.empty()));
        CompletionOptions options = CompletionOptions.builder()
                .samplers(type.grammar(), Sampler.greedy())
                .maxTokens(200)
                .build();
        try (TextStream text = Completion.of(model, "'I love this pan.' " + example + "\n'A dull knife.' ", options)) {
            System.out.println(type.read(text));
        }
        // @end
    }
}
