package dev.tokapu.internal.text;

import org.jspecify.annotations.Nullable;

/** A text that is read piece by piece by one thread; the others may end it. */
public interface TextReader extends AutoCloseable {

    /**
     * The next piece of text, at least one character; waits for it or makes it.
     *
     * @return null at the end
     */
    @Nullable
    String pull();

    /** Ends the text as soon as possible. Any thread. */
    void cancel();

    /**
     * Whether there will be no more text than what is there.
     *
     * @return true at the end
     */
    boolean isFinished();

    @Override
    void close();
}
