package dev.tokapu.text;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.stream.Stream;

/**
 * A text that is still being generated. Its generator determines when: a context computes a token when the reader asks for
 * more text, on the reader's thread; an engine computes whether or not the stream is read, and unread text waits in it.
 *
 * <p>The pieces are whole characters, even when a character spans several tokens, and never contain a stop
 * string or a part of one. It can be read once: by {@code for (String piece : stream)}, as a {@link #stream()}, or through a
 * {@link #publisher()}; {@link #text()} reads what is left and returns everything.
 *
 * <p>Interrupting the reading thread cancels the stream within one token, even during prefill: it ends with
 * {@link FinishReason#CANCELLED}, keeps its text so far, and the interrupt flag stays set. Read it to its end or close it.
 *
 * <p>Thread safety: read it in one thread at a time. {@link #cancel()}, {@link #close()},
 * {@link #pause()} and {@link #resume()} may be called by any thread.
 *
 * @since 0.1
 */
public interface TextStream extends Iterable<String>, AutoCloseable {

    /**
     * The pieces of the text.
     *
     * @return an iterator that waits for each piece
     * @throws IllegalStateException when the stream is being read already
     */
    @Override
    Iterator<String> iterator();

    /**
     * The pieces of the text.
     *
     * @return a sequential stream that waits for each piece; closing it closes this
     * @throws IllegalStateException when this is being read already
     */
    Stream<String> stream();

    /**
     * The pieces of the text, pushed to one subscriber from a daemon thread of its own, as many as the subscriber requests and
     * no more. Cancelling the subscription stops the work within one token.
     *
     * @return a publisher for one subscriber
     * @throws IllegalStateException when this is being read already
     */
    Flow.Publisher<String> publisher();

    /**
     * Reads what is left and returns the whole text, including what was read before.
     *
     * @return the text; what there was of it after a cancel or an interrupt
     */
    String text();

    /**
     * Takes the text that is new and there already, without waiting for more; {@link #onProgress} tells when to ask again. Programs that
     * write many texts at once read them so, with a few threads.
     *
     * @return empty when there is nothing new
     * @throws UnsupportedOperationException when the text is made by the thread that reads it, as that of a context is
     */
    default String poll() {
        throw new UnsupportedOperationException(
                "this text is made by the thread that reads it; only an engine's can be polled");
    }

    /**
     * Sets what is run when there is more text and when the text has ended, and now: it may be run more often than that, and by several
     * threads at a time. It has to be quick, and hand on what is not; what it throws is logged.
     *
     * @param action what to run; it takes the place of the one before
     * @throws UnsupportedOperationException when the text is made by the thread that reads it
     */
    default void onProgress(Runnable action) {
        throw new UnsupportedOperationException(
                "this text is made by the thread that reads it; only an engine's tells of progress");
    }

    /**
     * The text so far.
     *
     * @return what was released to the reader or is about to be
     */
    String textSoFar();

    /**
     * Has an engine compute nothing more of this text until {@link #resume()}, from one of the next steps on. It keeps its place and its part of the KV
     * cache, and its deadline. A context computes only what is read: there nothing happens. Any thread.
     */
    default void pause() {
        // what nobody reads is not made
    }

    /** Goes on after {@link #pause()}; else nothing happens. Any thread. */
    default void resume() {
        // the next read goes on
    }

    /** Ends the stream within a token; what there is of the text stays. Any thread. */
    void cancel();

    /**
     * Ends the thought that the model is in, with the next token, so that it goes on to its answer; does nothing between
     * thoughts. Any thread.
     *
     * @throws UnsupportedOperationException when thoughts of this text cannot be ended; {@code ReasoningOptions.budget} makes it so
     */
    default void endReasoning() {
        throw new UnsupportedOperationException("thoughts of this text cannot be ended");
    }

    /**
     * Whether the stream has ended.
     *
     * @return true when there will be no more text
     */
    boolean isFinished();

    /**
     * Why the stream ended.
     *
     * @return the reason
     * @throws IllegalStateException when it has not ended
     */
    FinishReason finishReason();

    /**
     * The tokens so far.
     *
     * @return counts
     */
    Usage usage();

    /**
     * The time so far.
     *
     * @return durations and speeds
     */
    Timings timings();

    /**
     * The ids of the generated tokens so far, without the end-of-generation token.
     *
     * @return a copy
     */
    default int[] tokens() {
        return tokens(0);
    }

    /**
     * The ids of the tokens generated so far, without the first ones: what is new to a program that has seen those.
     *
     * @param from how many are left out
     * @return a copy; empty when there are no more
     */
    int[] tokens(int from);

    /**
     * How likely each generated token was, and which were the likeliest at its place.
     *
     * @return as many as {@link #tokens()}, a copy; empty unless the options ask for it ({@code logProbabilities})
     */
    default List<TokenAlternatives> logProbabilities() {
        return logProbabilities(0);
    }

    /**
     * The same of the tokens from one of them on.
     *
     * @param from how many are left out
     * @return as many as {@link #tokens(int)}, a copy; empty unless the options ask for it ({@code logProbabilities})
     */
    List<TokenAlternatives> logProbabilities(int from);

    /** Cancels the stream if it has not ended. Idempotent, any thread. */
    @Override
    void close();
}
