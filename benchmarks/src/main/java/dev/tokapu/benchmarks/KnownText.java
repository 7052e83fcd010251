package dev.tokapu.benchmarks;

import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.Timings;
import dev.tokapu.text.TokenAlternatives;
import dev.tokapu.text.Usage;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.stream.Stream;

/** A text that no model has to generate. */
final class KnownText implements TextStream {

    private final List<String> pieces;
    private final boolean whole;
    private final Iterator<String> iterator;

    /** {@code whole}: whether the model would have ended it. */
    KnownText(List<String> pieces, boolean whole) {
        this.pieces = pieces;
        this.whole = whole;
        this.iterator = pieces.iterator();
    }

    @Override
    public Iterator<String> iterator() {
        return iterator;
    }

    @Override
    public Stream<String> stream() {
        return pieces.stream();
    }

    @Override
    public Flow.Publisher<String> publisher() {
        throw new UnsupportedOperationException();
    }

    @Override
    public String text() {
        return String.join("", pieces);
    }

    @Override
    public String textSoFar() {
        return text();
    }

    @Override
    public void cancel() {}

    @Override
    public boolean isFinished() {
        return !iterator.hasNext();
    }

    @Override
    public FinishReason finishReason() {
        return whole ? FinishReason.STOP_TOKEN : FinishReason.MAX_TOKENS;
    }

    @Override
    public Usage usage() {
        return Usage.NONE;
    }

    @Override
    public Timings timings() {
        throw new UnsupportedOperationException();
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
    public void close() {}
}
