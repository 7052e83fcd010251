package dev.tokapu.examples.tools;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.tokapu.Model;
import dev.tokapu.chat.ChatAnswer;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.chat.ToolLoopListener;
import dev.tokapu.exception.ToolLimitException;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolApproval;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolChoice;
import dev.tokapu.tool.ToolMethod;
import dev.tokapu.tool.ToolResult;
import dev.tokapu.tool.Tools;
import jakarta.validation.constraints.Size;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Lets a model call Java: a lambda with a record, the methods of an object; by itself, and by hand. */
public final class ToolCalls {

    private static final int ROUNDS = 2;

    private ToolCalls() {}

    // @start region="types"
    public enum Town {
        PARIS,
        ROME,
        OSLO
    }

    public record Place(@JsonPropertyDescription("where") Town town) {}

    /** Methods as tools; javac -parameters does what @JsonProperty does here. */
    public static final class Notes {

        private final List<String> all = new ArrayList<>();

        @ToolMethod(description = "Keeps a note for later")
        public synchronized void keep(@JsonProperty("note") @Size(max = 40) String note) {
            all.add(note);
        }

        @ToolMethod(description = "All notes")
        public synchronized List<String> notes() {
            return List.copyOf(all);
        }
    }
    // @end

    public static void main(String[] args) {
        ModelSource source = args.length > 0 ? ModelSource.file(Path.of(args[0])) : DefaultModel.source();
        ChatOptions options =
                ChatOptions.builder().temperature(0).maxTokens(100).build();
        try (Model model = Model.load(source);
                ChatSession chat = ChatSession.open(model, options)) {
            byItself(chat);
            byHand(model, options);
        }
    }

    private static void byItself(ChatSession chat) {
        // @start region="loop"
        Tools tools = Tools.builder()
                .add(Tool.of("weather", "The weather of a town", Place.class, place -> "sunny in " + place.town())
                        .withTimeout(Duration.ofSeconds(5)))
                .add(Tool.methodsOf(new Notes()))
                .choice(ToolChoice.named("weather")) // without it, the model decides
                .approval(call -> call.name().equals("keep")
                        ? ToolApproval.Decision.refuse("notes are closed today")
                        : ToolApproval.Decision.approve())
                .maxRounds(ROUNDS)
                .build();
        try {
            ChatAnswer answer = chat.ask("How is the weather in Rome?", tools, new ToolLoopListener() {
                @Override
                public void onResult(ToolCall call, ToolResult result) {
                    System.out.println(call.name() + call.arguments() + " -> " + result.text());
                }
            });
            System.out.println("Answer: " + answer.text());
        } catch (ToolLimitException e) {
            System.out.println("No answer: " + e.getMessage());
        }
        // @end
    }

    private static void byHand(Model model, ChatOptions options) {
        // @start region="by-hand"
        Tools tools = Tools.of(Tool.of("weather", "The weather of a town", Place.class, place -> "sunny"));
        ChatOptions withTools = options.toBuilder().tools(tools.definitions()).build();
        try (ChatSession chat = ChatSession.open(model, withTools)) {
            ChatMessage answer = chat.send("How is the weather in Oslo?").message();
            for (int round = 0; round < ROUNDS && !answer.toolCalls().isEmpty(); round++) {
                answer = chat.sendToolResults(tools.run(answer.toolCalls())).message();
            }
            System.out.println("By hand: " + answer.content());
        }
        // @end
    }
}
