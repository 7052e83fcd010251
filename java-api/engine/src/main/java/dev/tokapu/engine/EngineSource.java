package dev.tokapu.engine;

import dev.tokapu.internal.text.TokenSource;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TokenAlternatives;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a generation, for those who pull them; waiting suits virtual threads.
 *
 * <p>Thread safety: confined, but for {@link #abort}.
 */
final class EngineSource implements TokenSource {

    private static final int END = -1;

    private final Engine engine;
    private final Request request;
    private final int promptTokens;
    private final int[] generated;
    private volatile @Nullable Generation generation;
    private volatile boolean aborted;
    private int taken;

    EngineSource(Engine engine, Request request, int promptTokens, int[] generated) {
        this.engine = engine;
        this.request = request;
        this.promptTokens = promptTokens;
        this.generated = generated;
    }

    /** The engine asks them, so that it stops there, whether or not somebody reads. */
    @Override
    public boolean watchesItself() {
        return true;
    }

    @Override
    public Step start() {
        if (aborted) {
            return Step.ABORTED;
        }
        Generation submitted = engine.submit(request, FinishedRequest.Operation.CHAT, generated);
        generation = submitted;
        if (aborted) {
            submitted.cancel();
        }
        return await(submitted);
    }

    /** Waits for the next token or the end. */
    private Step await(Generation source) {
        if (source.awaitToken(taken)) {
            return Step.OK;
        }
        source.text(); // throws when it failed
        FinishReason reason = source.finishReason();
        return switch (reason) {
            case CANCELLED -> Step.ABORTED;
            case CONTEXT_FULL -> Step.FULL;
            case DEADLINE -> Step.LATE;
            case STOP_CRITERION -> Step.MET;
            default -> Step.OK;
        };
    }

    private Generation submitted() {
        Generation source = generation;
        if (source == null) {
            throw new IllegalStateException("start() comes first");
        }
        return source;
    }

    @Override
    public int next() {
        Generation source = submitted();
        return source.awaitToken(taken) ? source.token(taken++) : END;
    }

    @Override
    public Step advance(int token) {
        return await(submitted());
    }

    @Override
    public boolean isEnd(int token) {
        return token == END;
    }

    @Override
    public int piece(int token, byte[] dst) {
        return engine.model().vocab().piece(token, false, dst);
    }

    /** The request says so from the beginning. */
    @Override
    public void keepLogits() {}

    @Override
    public TokenAlternatives alternatives(int token, int n) {
        return submitted().alternatives(taken - 1);
    }

    @Override
    public void abort() {
        aborted = true;
        Generation source = generation;
        if (source != null) {
            source.cancel();
        }
    }

    @Override
    public int promptTokens() {
        return promptTokens;
    }

    @Override
    public int cachedTokens() {
        return 0;
    }

    @Override
    public int draftedTokens() {
        Generation source = generation;
        return source == null ? 0 : source.usage().draftedTokens();
    }

    @Override
    public int acceptedTokens() {
        Generation source = generation;
        return source == null ? 0 : source.usage().acceptedTokens();
    }
}
