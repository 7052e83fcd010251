package dev.tokapu.examples.micronaut;

import dev.langchain4j.model.chat.ChatModel;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.Request;
import dev.tokapu.text.GenerationOptions;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.sse.Event;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.List;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;

/** Answers as text, and as a stream. */
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
final class ChatController {

    /** A part of an answer: as JSON it keeps its blanks, which the text of an event does not. */
    record Part(String text) {}

    private final ChatModel chat;
    private final Engine engine;

    ChatController(ChatModel chat, Engine engine) {
        this.chat = chat;
        this.engine = engine;
    }

    @Get(uri = "/chat", produces = MediaType.TEXT_PLAIN)
    String chat(String question) {
        return chat.chat(question);
    }

    /** A client that goes away cancels the subscription, and that the answer. */
    @Get(uri = "/stream", produces = MediaType.TEXT_EVENT_STREAM)
    Flux<Event<Part>> stream(String question) {
        Request request = Request.builder(List.of(ChatMessage.user(question)))
                .generation(GenerationOptions.builder().maxTokens(60).build())
                .build();
        return JdkFlowAdapter.flowPublisherToFlux(engine.submit(request).publisher())
                .map(text -> Event.of(new Part(text)));
    }
}
