package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.FinishReason;
import dev.tokapu.Vocab;
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

    private final Vocab vocab;
    private final SamplerChain chain;
    private final boolean keepsLogits;
    private @Nullable Drafts drafts;
    private int attachedTo = -1;
    private boolean ended;
    private int generated;
    private int last;

    Answering(Submission submission, Generation generation, TokenFeed feed, SamplerChain chain, Vocab vocab) {
        this.submission = submission;
        this.generation = generation;
        this.feed = feed;
        this.chain = chain;
        this.vocab = vocab;
        this.keepsLogits = submission.request.logProbabilities() > 0;
        this.drafts = Drafts.of(submission.request.speculation(), submission.prompt, submission.mostTokens);
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

    /** Guesses the tokens behind the last one, and says how many. */
    int guess() {
        return drafts == null ? 0 : drafts.guess();
    }

    /** One of the tokens that were guessed. */
    int guess(int index) {
        if (drafts == null) {
            throw new IllegalStateException("nothing was guessed for this answer");
        }
        return drafts.token(index);
    }

    /** Whether a token is what was guessed, and the answer goes on behind it. */
    boolean goesOnAsGuessed(int token, int index) {
        return guess(index) == token && !endsWith(token);
    }

    /** Some of the tokens that were guessed were computed, and so many of these were right. */
    void verified(int drafted, int accepted) {
        if (drafts != null && drafted > 0) {
            drafts.verified(accepted);
            generation.speculated(drafted, accepted);
        }
    }

    private boolean endsWith(int token) {
        // Asked of each token: a model that was closed under its engine is found here.
        return vocab.isEndOfGeneration(token) && !submission.request.ignoreEnd();
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
    boolean accept(int token, float @Nullable [] logits, long now) {
        generation.tokenChosen(now);
        last = token;
        if (endsWith(token)) {
            end(FinishReason.STOP_TOKEN, null);
            return true;
        }
        feed.add(token, logits);
        generated++;
        if (drafts != null) {
            drafts.add(token);
        }
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

    /** Frees the chain, while the sequence is still its own. Idempotent. */
    void free(Context context) {
        if (attachedTo >= 0) {
            SamplerChain.detach(context, attachedTo);
        }
        abandon();
    }

    /** Frees the chain together with the context. Idempotent. */
    void abandon() {
        attachedTo = -1;
        drafts = null; // whoever keeps the generation need not keep these
        chain.close();
    }
}
