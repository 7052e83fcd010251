package dev.tokapu.text;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.stream.Stream;

/**
 * A text while it is being generated. It is pulled: a token is decoded when the reader asks for more text, on the reader's
 * thread, so a reader that stops asking ({@code break}, {@code limit}) stops the work at once.
 *
 * <p>The pieces are whole characters, also where the model spreads a character over several tokens, and never contain a stop
 * string or a part of one. It can be read once: by {@code for (String piece : stream)}, as a {@link #stream()}, or through a
 * {@link #publisher()}; {@link #text()} reads what is left and returns everything.
 *
 * <p>An interrupt of the thread that reads, in {@link #text()} as in a loop, cancels the stream within a token, also while a prompt is read:
 * it ends with {@link FinishReason#CANCELLED} and what there was, and the thread stays interrupted.
 *
 * <p>A stream that is abandoned half-way holds no resources of its own; closing it is good style and tells
 * {@link #finishReason()}.
 *
 * <p>Thread safety: confined; use it in one thread at a time. {@link #cancel()} and {@link #close()} may be called by any
 * thread.
 *
 * @since 0.1
 */
public interface TextStream extends Iterable<String>, AutoCloseable {

    /**
     * The pieces of the text.
     *
     * @return an iterator that generates as it goes
     * @throws IllegalStateException when the stream is being read already
     */
    @Override
    Iterator<String> iterator();

    /**
     * The pieces of the text.
     *
     * @return a sequential stream that generates as it goes; closing it closes this
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

    /** Ends the stream as soon as possible: a decode that is running stops early. Any thread. */
    void cancel();

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
    int[] tokens();

    /**
     * How likely each generated token was, and which were the likeliest at its place.
     *
     * @return as many as {@link #tokens()}, a copy; empty unless the options ask for it ({@code logProbabilities})
     */
    List<TokenAlternatives> logProbabilities();

    /** Ends the stream if it has not ended; what it was made from stays usable. Idempotent, any thread. */
    @Override
    void close();
}
