package dev.tokapu.structured;

import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.Timings;
import dev.tokapu.text.Usage;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A value while it is being generated: first what is there of it, again and again, then the whole.
 *
 * <pre>{@code
 * StructuredStream<City> stream = chat.askStreaming("The largest city of France?", StructuredType.of(City.class));
 * for (PartialValue<City> partial : stream) {
 *     System.out.println(partial.json());
 * }
 * City city = stream.value();
 * }</pre>
 *
 * <p>It is pulled, as a {@link TextStream} is: leaving the loop stops the work. The partial values can be read once, in a loop,
 * as a {@link #stream()} or through a {@link #publisher()}; {@link #value()} reads what is left. Close it when you leave early.
 *
 * <p>Thread safety: confined; use it in one thread at a time. {@link #cancel()} and {@link #close()} may be called by any
 * thread.
 *
 * @param <T> the type of the value
 * @since 0.1
 */
public final class StructuredStream<T> implements Iterable<PartialValue<T>>, AutoCloseable {

    private final StructuredType<T> type;
    private final TextStream text;

    StructuredStream(StructuredType<T> type, TextStream text) {
        this.type = type;
        this.text = text;
    }

    /**
     * The partial values, each another than the one before.
     *
     * @return an iterator that generates as it goes
     * @throws IllegalStateException when the stream is being read already
     */
    @Override
    public Iterator<PartialValue<T>> iterator() {
        return new Partials<>(type.mapping(), text.iterator());
    }

    /**
     * The partial values, each another than the one before.
     *
     * @return a sequential stream that generates as it goes; closing it closes this
     * @throws IllegalStateException when this is being read already
     */
    public Stream<PartialValue<T>> stream() {
        int properties = Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE;
        Spliterator<PartialValue<T>> partials = Spliterators.spliteratorUnknownSize(iterator(), properties);
        return StreamSupport.stream(partials, false).onClose(this::close);
    }

    /**
     * The partial values, each another than the one before, pushed to one subscriber from a daemon thread of its own, as many
     * as the subscriber requests and no more. Cancelling the subscription stops the work within one token. After the end, in
     * {@code onComplete} or later, {@link #value()} gives the whole value or says why there is none.
     *
     * @return a publisher for one subscriber
     * @throws IllegalStateException when this is being read already
     */
    public Flow.Publisher<PartialValue<T>> publisher() {
        return new PartialPublisher<>(type.mapping(), text.publisher());
    }

    /**
     * Generates what is left and returns the whole value, checked against the schema.
     *
     * @return the value, also when it is asked for again
     * @throws StructuredOutputException when the text was cut off or cancelled, or is no value of the type
     */
    public T value() {
        return type.read(text);
    }

    /** Ends the text as soon as possible; {@link #value()} then throws. Any thread. */
    public void cancel() {
        text.cancel();
    }

    /** {@return whether the text has ended, so that there will be no more partial values} */
    public boolean isFinished() {
        return text.isFinished();
    }

    /**
     * Why the text ended.
     *
     * @return the reason
     * @throws IllegalStateException when it has not ended
     */
    public FinishReason finishReason() {
        return text.finishReason();
    }

    /** {@return the numbers of tokens so far} */
    public Usage usage() {
        return text.usage();
    }

    /** {@return the durations and speeds so far} */
    public Timings timings() {
        return text.timings();
    }

    /** Ends the text if it has not ended. Idempotent, any thread. */
    @Override
    public void close() {
        text.close();
    }

    @Override
    public String toString() {
        return "StructuredStream[" + type + ", " + text + "]";
    }

    private static final class Partials<T> implements Iterator<PartialValue<T>> {

        private final PartialReader<T> reader;
        private final Iterator<String> pieces;
        private @Nullable PartialValue<T> next;

        Partials(TypeMapping mapping, Iterator<String> pieces) {
            this.reader = new PartialReader<>(mapping);
            this.pieces = pieces;
        }

        @Override
        public boolean hasNext() {
            while (next == null && pieces.hasNext()) {
                next = reader.append(pieces.next());
            }
            return next != null;
        }

        @Override
        public PartialValue<T> next() {
            if (!hasNext() || next == null) {
                throw new NoSuchElementException("the stream has ended");
            }
            PartialValue<T> value = next;
            next = null;
            return value;
        }
    }
}
