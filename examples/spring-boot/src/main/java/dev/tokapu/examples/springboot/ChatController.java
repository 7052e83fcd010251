package dev.tokapu.examples.springboot;

import dev.tokapu.spring.ai.TokapuChatOptions;
import dev.tokapu.tool.ToolChoice;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;

/** Answers as text, as a stream, as a Java value, and by a tool. */
@RestController
public class ChatController {

    /** How somebody feels. */
    public enum Mood {
        GOOD,
        NEUTRAL,
        BAD
    }

    /** What a review says. */
    public record Review(Mood mood, boolean buysAgain) {}

    /** Where the weather is known. */
    public enum Town {
        PARIS,
        ROME,
        OSLO
    }

    /** A part of an answer: as JSON it keeps its blanks, which the text of an event does not. */
    public record Part(String text) {}

    /** What the model may call. */
    static final class Weather {

        @Tool(description = "The weather of a town", returnDirect = true)
        String weather(Town town) {
            return "sunny in " + town;
        }
    }

    private final ChatClient chat;

    ChatController(ChatClient.Builder builder) {
        this.chat = builder.build();
    }

    @GetMapping("/chat")
    @Nullable
    String chat(@RequestParam String question) {
        return chat.prompt(question).call().content();
    }

    @GetMapping(path = "/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<Part> stream(@RequestParam String question) {
        return chat.prompt(question).stream().content().map(Part::new);
    }

    @GetMapping("/review")
    @Nullable
    Review review(@RequestParam String text) {
        return chat.prompt("A customer writes: " + text)
                .call()
                .entity(Review.class, spec -> spec.useProviderStructuredOutput()); // held to its schema by a grammar
    }

    @GetMapping("/weather")
    @Nullable
    String weather(@RequestParam String question) {
        return chat.prompt(question)
                .tools(new Weather())
                .options(TokapuChatOptions.builder().toolChoice(ToolChoice.required())) // without it, the model decides
                .call()
                .content();
    }
}
