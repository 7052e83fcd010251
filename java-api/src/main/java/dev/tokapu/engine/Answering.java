package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.FinishReason;
import dev.tokapu.sampling.SamplerChain;
import org.jspecify.annotations.Nullable;

/**
 * One answer in progress, as the decoding thread sees it.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class Answering {

    final Submission submission;
    final Generation generation;
    final TokenFeed feed;

    private final SamplerChain chain;
    private final boolean keepsLogits;
    private int attachedTo = -1;
    private boolean ended;
    private int generated;
    private int last;

    Answering(Submission submission, Generation generation, TokenFeed feed, SamplerChain chain) {
        this.submission = submission;
        this.generation = generation;
        this.feed = feed;
        this.chain = chain;
        this.keepsLogits = submission.request.logProbabilities() > 0;
        if (keepsLogits) {
            feed.keepLogits();
        }
    }

    SamplerChain chain() {
        return chain;
    }

    /** The token that was chosen last and is to be decoded next. */
    int last() {
        return last;
    }

    boolean keepsLogits() {
        return keepsLogits;
    }

    /** Lets the device choose, as far as the chain can run there. */
    void attach(Context context, int slot) {
        if (!keepsLogits) {
            chain.attach(context, slot);
            attachedTo = slot;
        }
    }

    /** A token was chosen; whether it was the last one. */
    boolean accept(int token, boolean isEnd, float @Nullable [] logits, long now) {
        generation.tokenChosen(now);
        last = token;
        if (isEnd && !submission.request.ignoreEnd()) {
            end(FinishReason.STOP_TOKEN, null);
            return true;
        }
        feed.add(token, logits);
        generated++;
        if (generated >= submission.mostTokens) {
            end(
                    submission.mostTokens < submission.request.maxTokens()
                            ? FinishReason.CONTEXT_FULL
                            : FinishReason.MAX_TOKENS,
                    null);
            return true;
        }
        generation.signal();
        return false;
    }

    boolean isEnded() {
        return ended;
    }

    /** Ends it if it has not ended; its sequence is the scheduler's to free. */
    void end(@Nullable FinishReason reason, @Nullable Throwable failure) {
        if (!ended) {
            ended = true;
            feed.end(new TokenFeed.Ending(reason, failure));
            generation.signal();
        }
    }

    /** Frees the chain, after the sequence was left. */
    void free(Context context) {
        if (attachedTo >= 0 && !context.isClosed()) {
            SamplerChain.detach(context, attachedTo);
        }
        attachedTo = -1;
        chain.close();
    }
}
