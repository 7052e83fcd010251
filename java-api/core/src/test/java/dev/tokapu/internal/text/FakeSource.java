package dev.tokapu.internal.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Tokens with given bytes in place of a model. It counts what is asked of it. */
final class FakeSource implements TokenSource {

    static final int END = 1_000_000;

    final List<byte[]> pieces = new ArrayList<>();
    private final AtomicInteger decoded = new AtomicInteger();
    volatile boolean aborted;
    boolean endless;
    boolean keepsLogits;
    int room = Integer.MAX_VALUE;
    int failAt = -1;
    private int next;

    static FakeSource of(String... pieces) {
        FakeSource source = new FakeSource();
        for (String piece : pieces) {
            source.pieces.add(piece.getBytes(StandardCharsets.UTF_8));
        }
        return source;
    }

    int decoded() {
        return decoded.get();
    }

    @Override
    public Step start() {
        decoded.set(1);
        return aborted ? Step.ABORTED : Step.OK;
    }

    @Override
    public int next() {
        if (next == failAt) {
            throw new IllegalStateException("broken");
        }
        if (next == pieces.size()) {
            if (!endless) {
                return END;
            }
            next = 0;
        }
        return next++;
    }

    @Override
    public Step advance(int token) {
        if (aborted) {
            return Step.ABORTED;
        }
        if (decoded.get() >= room) {
            return Step.FULL;
        }
        decoded.incrementAndGet();
        return Step.OK;
    }

    @Override
    public boolean isEnd(int token) {
        return token == END;
    }

    @Override
    public int piece(int token, byte[] dst) {
        byte[] bytes = pieces.get(token);
        if (bytes.length <= dst.length) {
            System.arraycopy(bytes, 0, dst, 0, bytes.length);
        }
        return bytes.length;
    }

    @Override
    public void keepLogits() {
        keepsLogits = true;
    }

    @Override
    public float[] logits() {
        return new float[pieces.size()];
    }

    @Override
    public String text(int token) {
        return "t" + token;
    }

    @Override
    public void abort() {
        aborted = true;
    }

    @Override
    public int promptTokens() {
        return 3;
    }

    @Override
    public int cachedTokens() {
        return 1;
    }
}
