package dev.tokapu.internal.text;

import java.util.Iterator;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * The ways to read the pieces of a text, of which one can be taken once.
 *
 * <p>Thread safety: safe; what is taken is for one thread.
 */
public final class OnceReadable {

    private final TextReader text;
    private final AtomicBoolean taken = new AtomicBoolean();

    /** Creates it. */
    public OnceReadable(TextReader text) {
        this.text = text;
    }

    /** Takes it, for a way of reading that is not here. */
    public void take() {
        if (!taken.compareAndSet(false, true)) {
            throw new IllegalStateException("this text is being read already; it can be read once,"
                    + " text() returns the whole of it as often as you like");
        }
    }

    /** Takes the pieces as an iterator. */
    public Iterator<String> iterator() {
        take();
        return new TextIterator(text);
    }

    /** Takes the pieces as a sequential stream; closing it closes the text. */
    public Stream<String> stream() {
        return TextIterator.stream(iterator(), text::close);
    }

    /** Takes the pieces as a publisher for one subscriber. */
    public Flow.Publisher<String> publisher() {
        take();
        return new StreamPublisher(text);
    }
}
