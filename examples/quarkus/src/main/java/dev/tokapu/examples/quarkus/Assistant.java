package dev.tokapu.examples.quarkus;

import dev.langchain4j.service.UserMessage;
import io.quarkiverse.langchain4j.RegisterAiService;
import io.quarkiverse.langchain4j.ToolBox;
import io.smallrye.mutiny.Multi;

/** What the application asks of the model. */
@RegisterAiService
public interface Assistant {

    /** How somebody feels. */
    enum Mood {
        GOOD,
        NEUTRAL,
        BAD
    }

    /** What a review says. */
    record Review(Mood mood, boolean buysAgain) {}

    String chat(@UserMessage String question);

    Multi<String> stream(@UserMessage String question);

    @UserMessage("A customer writes: {text}")
    Review review(String text); // held to its schema by a grammar

    @ToolBox(Weather.class)
    String weather(@UserMessage String question);
}
