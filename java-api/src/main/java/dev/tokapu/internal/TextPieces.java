package dev.tokapu.internal;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The pieces of a text as an iterator.
 *
 * <p>Thread safety: confined.
 */
public final class TextPieces implements Iterator<String> {

    private final PulledText text;
    private @Nullable String next;

    /**
     * Creates it.
     *
     * @param text where the pieces come from
     */
    public TextPieces(PulledText text) {
        this.text = text;
    }

    @Override
    public boolean hasNext() {
        return peek() != null;
    }

    @Override
    public String next() {
        String piece = peek();
        if (piece == null) {
            throw new NoSuchElementException("the stream has ended");
        }
        next = null;
        return piece;
    }

    private @Nullable String peek() {
        if (next == null) {
            next = text.pull();
        }
        return next;
    }
}
