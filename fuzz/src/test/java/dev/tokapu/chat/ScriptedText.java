package dev.tokapu.chat;

import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.Timings;
import dev.tokapu.text.TokenAlternatives;
import dev.tokapu.text.Usage;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.stream.Stream;

/**
 * A text in pieces that comes without a model.
 *
 * <p>Thread safety: for one thread.
 */
final class ScriptedText implements TextStream {

    private final Iterator<String> pieces;
    private final FinishReason end;
    private final StringBuilder read = new StringBuilder();

    ScriptedText(List<String> pieces, FinishReason end) {
        this.pieces = pieces.iterator();
        this.end = end;
    }

    @Override
    public Iterator<String> iterator() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return pieces.hasNext();
            }

            @Override
            public String next() {
                String piece = pieces.next();
                read.append(piece);
                return piece;
            }
        };
    }

    @Override
    public Stream<String> stream() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Flow.Publisher<String> publisher() {
        throw new UnsupportedOperationException();
    }

    @Override
    public String text() {
        iterator().forEachRemaining(piece -> {});
        return textSoFar();
    }

    @Override
    public String textSoFar() {
        return read.toString();
    }

    @Override
    public void cancel() {
        // It ends by itself.
    }

    @Override
    public boolean isFinished() {
        return !pieces.hasNext();
    }

    @Override
    public FinishReason finishReason() {
        if (!isFinished()) {
            throw new IllegalStateException("the text goes on");
        }
        return end;
    }

    @Override
    public Usage usage() {
        return Usage.NONE;
    }

    @Override
    public Timings timings() {
        return Timings.ofNanos(0, 0, 0, 0, 0);
    }

    @Override
    public int[] tokens(int from) {
        return new int[0];
    }

    @Override
    public List<TokenAlternatives> logProbabilities(int from) {
        return List.of();
    }

    @Override
    public void close() {
        // Nothing to free.
    }
}
