package dev.tokapu.internal.text;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.DecodeStatus;
import dev.tokapu.Vocab;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.internal.util.Overflow;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.text.TokenPrompt;
import org.jspecify.annotations.Nullable;

/**
 * Tokens from sequence 0 of a context: decodes only what the KV cache does not hold yet.
 *
 * <p>Thread safety: confined, but for {@link #abort}.
 */
public final class ContextTokenSource implements TokenSource {

    private static final int SEQUENCE = 0;

    private final Context context;
    private final Vocab vocab;
    private final SamplerChain chain;
    private final SequenceTokens cached;
    private final ContextShifter room;
    private final int[] prompt;
    private final int[] generated;
    private final Activation activation;
    private final Pieces pieces;
    private final Batch single = new Batch(1);
    private float[] logits = new float[0];
    private boolean keepsLogits;
    private boolean hurries;
    private volatile boolean aborted;
    private volatile boolean expired;
    private int cachedTokens;

    /**
     * Creates one.
     *
     * @param context decodes
     * @param chain chooses
     * @param cached what sequence 0 holds in the KV cache; kept up to date
     * @param prompt what to go on from
     * @param room what to do when the context is full
     * @throws ContextOverflowException when the prompt is longer than the context, and nothing of it may be forgotten
     * @throws IllegalArgumentException when the context has several activated adapters
     */
    public ContextTokenSource(
            Context context, SamplerChain chain, SequenceTokens cached, TokenPrompt prompt, ContextShifter room) {
        this.room = room;
        this.context = context;
        this.vocab = context.model().vocab();
        this.chain = chain;
        this.cached = cached;
        this.prompt = room.shorten(prompt.tokens());
        this.generated = prompt.grammarTokens();
        this.activation = Activation.of(context.adapters(), this.prompt);
        this.pieces = Pieces.of(vocab, prompt.shownTokens());
    }

    @Override
    public Step start() {
        requireOpen();
        keepPrefix();
        cachedTokens = cached.size();
        SamplerPriming.prepare(chain, prompt, generated);
        if (keepsLogits) {
            SamplerChain.detach(context, SEQUENCE);
        } else {
            DeviceSampling.choose(context, SEQUENCE, chain);
        }
        int piece = hurries
                ? Math.min(context.info().batchSize(), context.info().microBatchSize())
                : context.info().batchSize();
        Batch batch = new Batch(Math.min(piece, prompt.length - cachedTokens));
        while (cached.size() < prompt.length) {
            Step step = decodePrompt(batch);
            if (step == Step.FULL) {
                throw Overflow.of(
                        prompt.length,
                        context.info().sequenceContextSize(),
                        context.info().contextSize(),
                        ContextShifter.FORGET);
            }
            if (step != Step.OK) {
                return step;
            }
        }
        return Step.OK;
    }

    /**
     * Decodes as much of the rest of the prompt as fits into a batch. A token that was chosen at the end of the last answer
     * goes alone, as all generated tokens do: the results are then the same, bit for bit, as if it had been decoded at once.
     */
    private Step decodePrompt(Batch batch) {
        int from = cached.size();
        boolean alone = from == cachedTokens && prompt[from] == cached.pending() && from + 1 < prompt.length;
        int end = from < activation.from() ? Math.min(prompt.length, activation.from()) : prompt.length;
        int to = alone ? from + 1 : Math.min(end, from + batch.capacity());
        if (activation.isPartial() && (from == cachedTokens || from == activation.from())) {
            Activation.use(context, activation.at(from));
        }
        batch.clear();
        for (int i = from; i < to; i++) {
            batch.add(prompt[i], i, SEQUENCE, i == prompt.length - 1);
        }
        Step step = decode(batch);
        if (step == Step.OK) {
            for (int i = from; i < to; i++) {
                cached.add(prompt[i]);
            }
        }
        return step;
    }

    /**
     * Removes from the KV cache what the prompt does not begin with; at least one token stays to be decoded. The tokens that stay have the new adapters
     * when the others are gone, and not if that fails.
     */
    private void keepPrefix() {
        int same = cached.computedSo(activation);
        int keep = Math.min(Math.min(cached.commonPrefix(prompt), same), prompt.length - 1);
        if (keep == 0 || keep < cached.size()) {
            removeFrom(keep);
        }
        cached.computedWith(activation);
    }

    private void removeFrom(int keep) {
        int window = context.model().info().slidingWindow();
        boolean windowIsWhole = window == 0
                || context.options().kvCache().swaFull()
                || context.kvCache().minPosition(SEQUENCE) <= Math.max(0, keep - window);
        if (keep > 0 && windowIsWhole && context.kvCache().remove(SEQUENCE, keep, -1)) {
            cached.truncate(keep);
        } else {
            forget();
        }
    }

    private void forget() {
        cached.truncate(0);
        context.kvCache().clear();
    }

    private Step decode(Batch batch) {
        int before = cached.size();
        while (!aborted && !expired) {
            DecodeStatus status;
            try {
                status = context.decode(batch);
            } catch (RuntimeException e) {
                restore(e);
                throw e;
            }
            if (status != DecodeStatus.ABORTED) {
                return status == DecodeStatus.OK ? Step.OK : Step.FULL;
            }
            restore(null);
            if (cached.size() != before) {
                break;
            }
            // Unless it was aborted, an abort of an earlier answer came too late and hit this one: once more.
        }
        return expired && !aborted ? Step.MET : Step.ABORTED;
    }

    /** A batch that was not processed to its end may have left tokens in the KV cache. */
    private void restore(@Nullable RuntimeException cause) {
        try {
            if (cached.size() == 0 || !context.kvCache().remove(SEQUENCE, cached.size(), -1)) {
                forget();
            }
        } catch (RuntimeException e) {
            cached.truncate(0);
            if (cause != null) {
                cause.addSuppressed(e);
            }
        }
    }

    @Override
    public int next() {
        requireOpen();
        int token = chain.sample(context, -1);
        cached.pending(token);
        return token;
    }

    @Override
    public Step advance(int token) {
        requireOpen();
        if (!room.make(cached)) {
            return Step.FULL;
        }
        single.clear().add(token, cached.size(), SEQUENCE, true);
        Step step = decode(single);
        if (step == Step.OK) {
            cached.add(token);
        }
        return step;
    }

    private void requireOpen() {
        if (context.isClosed()) {
            throw new IllegalStateException("this text cannot go on: its chat session or context is closed (" + context
                    + "); read a text to its end before you close what it comes from");
        }
    }

    @Override
    public boolean isEnd(int token) {
        return vocab.isEndOfGeneration(token);
    }

    @Override
    public int piece(int token, byte[] dst) {
        return pieces.piece(token, dst);
    }

    /** Sampling on a device would leave no logits. */
    @Override
    public void keepLogits() {
        keepsLogits = true;
        logits = new float[vocab.size()];
    }

    @Override
    public float[] logits() {
        requireOpen();
        context.outputs().copyLogits(-1, logits);
        return logits;
    }

    @Override
    public String text(int token) {
        return pieces.text(token);
    }

    @Override
    public void endReasoning() {
        chain.endReasoning();
    }

    @Override
    public void hurry() {
        hurries = true;
    }

    @Override
    public void expire() {
        expired = true;
        context.abort();
    }

    @Override
    public void abort() {
        aborted = true;
        context.abort();
    }

    @Override
    public int promptTokens() {
        return prompt.length;
    }

    @Override
    public int cachedTokens() {
        return cachedTokens;
    }
}
