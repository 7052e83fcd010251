package dev.tokapu.cli.load;

import java.io.IOException;
import java.util.concurrent.Flow;

/**
 * The lines of one streamed answer as they arrive.
 *
 * <p>Thread safety: used by one thread at a time, as a subscriber is.
 */
final class StreamedAnswer implements Flow.Subscriber<String> {

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
            error = event.error().isEmpty() ? "" : "error in the answer: " + shortened(event.error());
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

    /** One line, of a length that fits into a table. */
    static String shortened(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= MESSAGE_CHARS ? line : line.substring(0, MESSAGE_CHARS) + "...";
    }
}
