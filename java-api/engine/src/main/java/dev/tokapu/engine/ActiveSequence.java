package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.Vocab;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.text.FinishReason;
import org.jspecify.annotations.Nullable;

/**
 * One answer in progress, as the decoding thread sees it.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
final class ActiveSequence {

    final GenerateTask task;
    final Generation generation;
    final TokenChannel channel;

    private final Vocab vocab;
    private final SamplerChain chain;
    private final boolean keepsLogits;
    private @Nullable DraftProposer drafts;
    private int attachedTo = -1;
    private boolean ended;
    private int generated;
    private int last;

    ActiveSequence(GenerateTask task, Generation generation, TokenChannel channel, SamplerChain chain, Vocab vocab) {
        this.task = task;
        this.generation = generation;
        this.channel = channel;
        this.chain = chain;
        this.vocab = vocab;
        this.keepsLogits = task.request.logProbabilities() > 0;
        this.drafts = DraftProposer.of(task.request.speculation(), task.prompt, task.mostTokens);
        if (keepsLogits) {
            channel.keepLogits();
        }
    }

    SamplerChain chain() {
        return chain;
    }

    /** The token that was chosen last and is to be decoded next. */
    int last() {
        return last;
    }

    /** Drafts the tokens behind the last one, and says how many. */
    int draft() {
        return drafts == null ? 0 : drafts.draft();
    }

    /** One of the tokens that were drafted. */
    int draft(int index) {
        if (drafts == null) {
            throw new IllegalStateException("nothing was drafted for this answer");
        }
        return drafts.token(index);
    }

    /** Whether a token is what was drafted, and the answer goes on behind it. */
    boolean goesOnAsDrafted(int token, int index) {
        return draft(index) == token && !endsWith(token);
    }

    /** Some of the tokens that were drafted were computed, and so many of these were right. */
    void verified(int drafted, int accepted) {
        if (drafts != null && drafted > 0) {
            drafts.verified(accepted);
            generation.speculated(drafted, accepted);
        }
    }

    private boolean endsWith(int token) {
        // Asked of each token: a model that was closed under its engine is found here.
        return vocab.isEndOfGeneration(token) && !task.request.ignoreEnd();
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
        channel.add(token, logits);
        generated++;
        if (drafts != null) {
            drafts.add(token);
        }
        if (generated >= task.mostTokens) {
            end(task.mostTokens < task.request.maxTokens() ? FinishReason.CONTEXT_FULL : FinishReason.MAX_TOKENS, null);
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
            channel.end(new TokenChannel.Ending(reason, failure));
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
