package dev.tokapu.cli.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.concurrent.Flow;

/**
 * The lines of one streamed answer as they arrive.
 *
 * <p>Thread safety: used by one thread at a time, as a subscriber is.
 */
final class StreamedAnswer implements Flow.Subscriber<String> {

    private static final JsonFactory JSON = new JsonFactory();
    private static final int MESSAGE_CHARS = 300;

    private final Receiver receiver;
    private int promptTokens;
    private int completionTokens;
    private boolean done;
    private String error = "";

    StreamedAnswer(Receiver receiver) {
        this.receiver = receiver;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(String line) {
        long arrived = System.nanoTime();
        if (!line.startsWith("data:") || done || !error.isEmpty()) {
            return;
        }
        String data = line.substring("data:".length()).strip();
        if (data.equals("[DONE]")) {
            done = true;
            return;
        }
        try {
            CompletionEvent event = CompletionEvent.parse(data);
            if (event.hasTokens()) {
                receiver.onTokens(1, arrived);
            }
            promptTokens = Math.max(promptTokens, event.promptTokens());
            completionTokens = Math.max(completionTokens, event.completionTokens());
            error = event.error().isEmpty() ? "" : "error in the answer: " + message(event.error());
        } catch (IOException e) {
            error = "an event that is no JSON: " + shortened(data);
        }
    }

    @Override
    public void onError(Throwable failure) {
        // The exchange ends with it, too.
    }

    @Override
    public void onComplete() {
        // The exchange ends, too.
    }

    /** How it ended, once all of it has come. */
    Outcome outcome() {
        if (!error.isEmpty()) {
            return new Outcome.Failed(error);
        }
        return done
                ? new Outcome.Success(promptTokens, completionTokens)
                : new Outcome.Failed("the answer ended before [DONE]");
    }

    /** What the JSON of an error says to people, or all of it. */
    static String message(String json) {
        try (JsonParser parser = JSON.createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME && parser.currentName().equals("message")) {
                    String message = parser.nextTextValue();
                    return shortened(message == null ? json : message);
                }
            }
        } catch (IOException e) {
            // No JSON: all of it.
        }
        return shortened(json);
    }

    /** One line, of a length that fits into a table. */
    static String shortened(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= MESSAGE_CHARS ? line : line.substring(0, MESSAGE_CHARS) + "...";
    }
}
