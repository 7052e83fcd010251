package dev.tokapu.examples.agent;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tokapu.Model;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.chat.ToolLoopListener;
import dev.tokapu.exception.ToolLimitException;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import dev.tokapu.structured.StructuredOutputException;
import dev.tokapu.structured.StructuredType;
import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolChoice;
import dev.tokapu.tool.ToolMethod;
import dev.tokapu.tool.ToolResult;
import dev.tokapu.tool.Tools;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Looks things up in a shop with several tools, and ends in an offer as a Java value. */
public final class Agent {

    private Agent() {}

    // @start region="types"
    public enum Product {
        KETTLE,
        LAMP,
        KNIFE
    }

    public record Offer(
            Product product,
            @Min(1) @Max(99) int pieces,
            @Min(0) @Max(9999) int euros) {}

    /** What the agent can look up; javac -parameters does what @JsonProperty does here. */
    public static final class Shop {

        private final Map<Product, Integer> prices = Map.of(Product.KETTLE, 40, Product.LAMP, 25, Product.KNIFE, 12);

        @ToolMethod(description = "How many pieces of a product there are")
        public int stock(@JsonProperty("product") Product product) {
            return product == Product.LAMP ? 0 : 7;
        }

        @ToolMethod(description = "The price of one piece, in euros")
        public int price(@JsonProperty("product") Product product) {
            return prices.getOrDefault(product, 0);
        }

        @ToolMethod(description = "Multiplies two numbers")
        public int multiply(
                @JsonProperty("one") @Min(0) @Max(9999) int one, @JsonProperty("other") @Min(0) @Max(9999) int other) {
            return one * other;
        }
    }
    // @end

    public static void main(String[] args) {
        ModelSource source = args.length > 0 ? ModelSource.file(Path.of(args[0])) : DefaultModel.source();
        ChatOptions options = ChatOptions.builder()
                .systemPrompt("You work in a shop. Look up stock and price before you make an offer.")
                .temperature(0)
                .maxTokens(300)
                .build();
        try (Model model = Model.load(source);
                ChatSession chat = ChatSession.open(model, options)) {
            offer(chat);
        }
    }

    private static void offer(ChatSession chat) {
        // @start region="agent"
        Tools tools = Tools.builder()
                .add(Tool.methodsOf(new Shop()))
                .choice(ToolChoice.required()) // first looks something up
                .parallel(false) // one call at a time
                .maxRounds(4)
                .maxTime(Duration.ofMinutes(2))
                .build();
        ToolLoopListener steps = new ToolLoopListener() {
            @Override
            public void onResult(ToolCall call, ToolResult result) {
                System.out.println(call.name() + call.arguments() + " -> " + result.text());
            }
        };
        try {
            Offer offer = chat.ask("I would like three kettles.", StructuredType.of(Offer.class), tools, steps);
            System.out.println(offer);
        } catch (ToolLimitException | StructuredOutputException e) {
            System.out.println("No offer: " + e.getMessage());
        }
        // @end
    }
}
