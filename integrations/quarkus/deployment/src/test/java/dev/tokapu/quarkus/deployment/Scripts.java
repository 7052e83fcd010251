package dev.tokapu.quarkus.deployment;

import dev.tokapu.Playbook;
import dev.tokapu.engine.Engine;
import dev.tokapu.langchain4j.TokapuChatModel;
import dev.tokapu.langchain4j.TokapuChatModelBuilder;
import dev.tokapu.langchain4j.TokapuChatRequestParameters;
import dev.tokapu.langchain4j.TokapuStreamingChatModel;
import io.quarkiverse.langchain4j.ModelBuilderCustomizer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;

/** What the models of the tests' applications say. */
final class Scripts {

    static final String SLOW = "word ".repeat(30);

    private static final Playbook BOOK = new Playbook()
            .says("A city", "{\"name\":\"Rome\",\"inhabitants\":3}")
            .says("weather", Playbook.call("weather", "{\"town\": \"Rome\"}"), "It is sunny.")
            .says("Hello", "Good day.");
    private static final Playbook SLOW_BOOK = new Playbook().says("Go on", SLOW).pace(Duration.ofMillis(5));

    private Scripts() {}

    private static void script(TokapuChatModelBuilder<?> builder, Engine engine, Playbook book) {
        builder.defaultRequestParameters(parameters(engine, book));
    }

    private static TokapuChatRequestParameters parameters(Engine engine, Playbook book) {
        return TokapuChatRequestParameters.builder()
                .samplersFirst(List.of(book.sampler(engine.model())))
                .build();
    }

    /** Of the chat model. */
    @ApplicationScoped
    static class Chat implements ModelBuilderCustomizer<TokapuChatModel.Builder> {

        private final Engine engine;

        Chat(Engine engine) {
            this.engine = engine;
        }

        @Override
        public void customize(TokapuChatModel.Builder builder) {
            script(builder, engine, BOOK);
        }
    }

    /** Of the streaming chat model. */
    @ApplicationScoped
    static class Streaming implements ModelBuilderCustomizer<TokapuStreamingChatModel.Builder> {

        private final Engine engine;

        Streaming(Engine engine) {
            this.engine = engine;
        }

        @Override
        public void customize(TokapuStreamingChatModel.Builder builder) {
            script(builder, engine, BOOK);
        }
    }

    /** The slow one's parameters. */
    static TokapuChatRequestParameters slow(Engine engine) {
        return parameters(engine, SLOW_BOOK);
    }
}
