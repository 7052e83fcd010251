package dev.tokapu.engine.run;

import dev.tokapu.Context;
import dev.tokapu.Vocab;
import dev.tokapu.engine.draft.AnswerDrafts;
import dev.tokapu.engine.draft.ModelDrafts;
import dev.tokapu.engine.schedule.ScheduledSequence;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.text.FinishReason;
import org.jspecify.annotations.Nullable;

/**
 * One answer in progress, as the engine's thread sees it: what chooses its tokens, what drafts them, and where they go.
 *
 * <p>Thread safety: confined to the engine's thread.
 */
public final class ActiveSequence {

    /**
     * Where it ends.
     *
     * @param tokens how many it has at most
     * @param reason why it ends there
     * @param ignoreEnd whether it goes on when the model ends it
     */
    public record Limits(int tokens, FinishReason reason, boolean ignoreEnd) {}

    private TokenChannel channel;
    private final SamplerChain chain;
    private final Vocab vocab;
    private final Limits limits;
    private final boolean keepsLogits;
    private @Nullable AnswerDrafts drafts;
    private int attachedTo = -1;
    private boolean ended;
    private int generated;
    private int last;

    public ActiveSequence(
            TokenChannel channel, SamplerChain chain, Vocab vocab, Limits limits, @Nullable AnswerDrafts drafts) {
        this.channel = channel;
        this.chain = chain;
        this.vocab = vocab;
        this.limits = limits;
        this.drafts = drafts;
        this.keepsLogits = channel.keepsLogits();
    }

    public TokenChannel channel() {
        return channel;
    }

    /** Its request is computed elsewhere: what this one still chooses goes nowhere. */
    public void detach() {
        channel = new TokenChannel(false);
    }

    /** Ends the thought that is being generated. Any thread. */
    public void endReasoning() {
        chain.endReasoning();
    }

    SamplerChain chain() {
        return chain;
    }

    /** The token that was chosen last and is to be decoded next. */
    int last() {
        return last;
    }

    /** Has the tokens behind the last one drafted. */
    void draft(ScheduledSequence<?> sequence) {
        if (drafts != null) {
            drafts.draft(sequence);
        }
    }

    /** Whether a model drafts. */
    boolean draftsByModel() {
        return drafts != null && drafts.byModel();
    }

    /** Its drafts by a model; null without. */
    @Nullable
    ModelDrafts modelDrafts() {
        return drafts instanceof ModelDrafts model ? model : null;
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
            drafts.verified(drafted, accepted);
            channel.speculated(drafted, accepted);
        }
    }

    private boolean endsWith(int token) {
        // Asked of each token: a model that was closed under its engine is found here.
        return vocab.isEndOfGeneration(token) && !limits.ignoreEnd();
    }

    boolean keepsLogits() {
        return keepsLogits;
    }

    /** Whether it wants any token; otherwise its prompt alone is computed. */
    boolean wantsTokens() {
        return limits.tokens() > 0;
    }

    /** Its prompt was computed, and it wants no more than that. */
    void prompted(long now) {
        channel.prompted(now);
        end(limits.reason(), null);
    }

    /** It got a slot; lets the device choose, if it may, as far as the chain can run there. */
    public void admitted(Context context, int slot, boolean onDevice, long now) {
        channel.admitted(now);
        if (onDevice && !keepsLogits) {
            chain.attach(context, slot);
            attachedTo = slot;
        }
    }

    /** Its slot was taken from it; it gets another one. */
    public void preempted(Context context) {
        if (drafts != null) {
            drafts.release();
        }
        if (attachedTo >= 0) {
            SamplerChain.detach(context, attachedTo);
            attachedTo = -1;
        }
    }

    /** A token was chosen; whether it was the last one. */
    boolean accept(int token, float @Nullable [] logits, long now) {
        channel.chosen(now);
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
        if (generated >= limits.tokens()) {
            end(limits.reason(), null);
            return true;
        }
        channel.signal();
        return false;
    }

    public boolean isEnded() {
        return ended;
    }

    /** Ends it if it has not ended; its sequence is the scheduler's to free. */
    public void end(@Nullable FinishReason reason, @Nullable Throwable failure) {
        if (!ended) {
            ended = true;
            channel.end(new TokenChannel.Ending(reason, failure));
            channel.signal();
        }
    }

    /** Frees the chain, while the sequence is still its own. Idempotent. */
    public void free(Context context) {
        if (attachedTo >= 0) {
            SamplerChain.detach(context, attachedTo);
        }
        abandon();
    }

    /** Frees the chain together with the context. Idempotent. */
    public void abandon() {
        attachedTo = -1;
        if (drafts != null) {
            drafts.release();
            drafts = null; // a generation that is kept need not keep these
        }
        chain.close();
    }
}
