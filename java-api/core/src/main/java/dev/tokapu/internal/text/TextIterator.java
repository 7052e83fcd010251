package dev.tokapu.internal.text;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The pieces of a text as an iterator.
 *
 * <p>Thread safety: confined.
 */
public final class TextIterator implements Iterator<String> {

    private final TextReader text;
    private @Nullable String next;

    /**
     * Creates it.
     *
     * @param text where the pieces come from
     */
    public TextIterator(TextReader text) {
        this.text = text;
    }

    /**
     * Pieces as a stream.
     *
     * @param pieces the pieces
     * @param onClose run when the stream is closed
     * @return a sequential stream
     */
    public static Stream<String> stream(Iterator<String> pieces, Runnable onClose) {
        int properties = Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE;
        Spliterator<String> unsized = Spliterators.spliteratorUnknownSize(pieces, properties);
        return StreamSupport.stream(unsized, false).onClose(onClose);
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
