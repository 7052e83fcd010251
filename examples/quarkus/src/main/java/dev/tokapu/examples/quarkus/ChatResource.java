package dev.tokapu.examples.quarkus;

import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.jboss.resteasy.reactive.RestQuery;
import org.jboss.resteasy.reactive.RestStreamElementType;

/** Answers as text, as a stream, as a Java value, and by a tool. */
@Path("/")
public class ChatResource {

    /** A part of an answer: as JSON it keeps its blanks, which the text of an event does not. */
    public record Part(String text) {}

    private final Assistant assistant;

    ChatResource(Assistant assistant) {
        this.assistant = assistant;
    }

    @GET
    @Path("/chat")
    @Produces(MediaType.TEXT_PLAIN)
    public String chat(@RestQuery String question) {
        return assistant.chat(question);
    }

    @GET
    @Path("/stream")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @RestStreamElementType(MediaType.APPLICATION_JSON)
    @Blocking
    public Multi<Part> stream(@RestQuery String question) {
        return assistant.stream(question).map(Part::new);
    }

    @GET
    @Path("/review")
    @Produces(MediaType.APPLICATION_JSON)
    public Assistant.Review review(@RestQuery String text) {
        return assistant.review(text);
    }

    @GET
    @Path("/weather")
    @Produces(MediaType.TEXT_PLAIN)
    public String weather(@RestQuery String question) {
        return assistant.weather(question);
    }
}
