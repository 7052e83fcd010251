package dev.tokapu.examples.quarkus;

import dev.langchain4j.agent.tool.Tool;
import jakarta.enterprise.context.ApplicationScoped;

/** What the model may call. */
@ApplicationScoped
public class Weather {

    /** Where the weather is known. */
    public enum Town {
        PARIS,
        ROME,
        OSLO
    }

    @Tool("The weather of a town")
    String weather(Town town) {
        return "sunny in " + town;
    }
}
