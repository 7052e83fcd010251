package dev.tokapu.sampling;

import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.natives.NativeHandles;
import dev.tokapu.internal.util.Checks;
import dev.tokapu.spi.NativeApi;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * Samplers at work, one after the other, with their state: random generators, the window of the penalties, the position in a
 * grammar.
 *
 * <p>A {@link Grammar}, wherever it stands, looks at the token that the other samplers chose; only when it forbids that one it
 * masks the whole vocabulary, and the others choose again, as in llama.cpp's tools. So a step that the grammar agrees with costs
 * next to nothing. ({@link #apply} is different: there every sampler works at its place.)
 *
 * <p>It allocates nothing on the Java heap in {@link #sample} and {@link #accept}, samplers in Java aside. Close it when done; it keeps its model's
 * memory alive until then.
 *
 * <p>Thread safety: confined; use it in one thread at a time, a second one at the same time gets an
 * {@link IllegalStateException}.
 *
 * @since 0.1
 */
public final class SamplerChain implements AutoCloseable {

    private final Model model;
    private final List<Sampler> samplers;
    private final NativeHandle handle;
    private final JavaSamplers java;
    private final SamplerFailures failures;
    private final int vocabSize;
    private final boolean selects;
    private final int[] token = new int[1];

    private SamplerChain(Model model, List<Sampler> samplers, NativeHandle handle, JavaSamplers java) {
        this.model = model;
        this.samplers = samplers;
        this.handle = handle;
        this.java = java;
        this.failures = new SamplerFailures(handle, java);
        this.vocabSize = model.vocab().size();
        this.selects = samplers.get(samplers.size() - 1).selects();
    }

    /** {@return a chain, as {@link #of(Model, List)} builds it} */
    public static SamplerChain of(Model model, Sampler... samplers) {
        return of(model, Arrays.asList(samplers));
    }

    /**
     * Builds a chain.
     *
     * @param model the model whose tokens it chooses
     * @param samplers one or more, in the order they work; only the last may select
     * @throws dev.tokapu.exception.GrammarException when a grammar is malformed
     */
    public static SamplerChain of(Model model, List<? extends Sampler> samplers) {
        List<Sampler> list = SamplerResolver.of(model, samplers);
        NativeHandle parent = NativeHandles.of(model);
        NativeApi api = parent.api();
        long[] id = new long[1];
        parent.call("creating a sampler chain", modelId -> api.samplers().create(modelId, id));
        NativeHandle handle = NativeSamplers.own(api, id[0]);
        JavaSamplers java = new JavaSamplers(api);
        try {
            for (Sampler sampler : list) {
                handle.check(
                        NativeSamplers.add(api, id[0], sampler, java),
                        "adding " + sampler.getClass().getSimpleName());
            }
            return new SamplerChain(model, list, handle, java);
        } catch (Throwable e) {
            handle.close();
            throw e;
        }
    }

    boolean hasJava() {
        return !java.samplers().isEmpty();
    }

    SamplerFailures failures() {
        return failures;
    }

    /** {@return the samplers in the order they work; {@link ModelDefaults} and {@link TextBias} are replaced by what they stand for} */
    public List<Sampler> samplers() {
        return samplers;
    }

    /**
     * Chooses the next token from an output of the context's last decode and accepts it.
     *
     * @param context the context
     * @param index index of the output's token in the batch; -1 for the last output
     * @throws IllegalStateException when the chain has no sampler that selects, or one of the two is closed or in use
     * @throws dev.tokapu.exception.SamplerException when a sampler in Java failed
     * @throws dev.tokapu.exception.GrammarException when a grammar and the other samplers leave no token
     */
    public int sample(Context context, int index) {
        requireSelects();
        requireModelOf(context);
        NativeHandle contextHandle = NativeHandles.of(context);
        long chain = handle.acquire();
        try {
            long contextId = contextHandle.acquire();
            try {
                failures.check(handle.api().samplers().sample(chain, contextId, index, token), "sample");
                return token[0];
            } finally {
                contextHandle.release();
            }
        } finally {
            handle.release();
        }
    }

    /** For a {@link SamplerBatch}: the id, until {@link #release}. */
    long acquire() {
        requireSelects();
        return handle.acquire();
    }

    void release() {
        handle.release();
    }

    private void requireSelects() {
        if (!selects) {
            throw new IllegalStateException("the chain " + samplers
                    + " selects no token; end it with Sampler.greedy(), dist(seed), mirostat(..) or adaptiveP(..)");
        }
    }

    private void requireModelOf(Context context) {
        if (context.model() != model) {
            throw new IllegalArgumentException("the chain was made for " + model + ", the context belongs to "
                    + context.model() + "; make a chain for that model");
        }
    }

    /**
     * Lets the device that computes the outputs of a sequence run the chain, from the next decode on. {@link #sample} then
     * returns what the device chose, and there are no logits for that sequence. The same tokens are as likely as before.
     *
     * <p>Device samplers: greedy, dist, top-k, top-p, min-p, temperature, penalties, logit bias. The first other one ends the
     * part that runs there; a chain with a grammar stays with the CPU. It also works on a CPU as the device, where it gains nothing.
     *
     * @param context the context; it uses the chain in its decodes until it is closed or {@link #detach} is called
     * @param sequence the sequence
     * @return how much runs there
     * @throws IllegalArgumentException when the context belongs to another model, or the sequence or chain is attached already
     */
    public OnDevice attach(Context context, int sequence) {
        requireModelOf(context);
        return DeviceChains.attach(context, sequence, handle);
    }

    /**
     * Takes the chain of a sequence back from the device; it works as before then. Does nothing when there is none.
     *
     * @param context the context
     * @param sequence the sequence
     */
    public static void detach(Context context, int sequence) {
        DeviceChains.detach(context, sequence);
    }

    /**
     * Runs the samplers over all tokens of the vocabulary, without accepting what they select.
     *
     * @param logits the logit of each token id
     * @return what is left, in the samplers' order
     */
    public SamplerResult apply(float[] logits) {
        return apply(SamplerResult.unsampled(logits));
    }

    /** {@return what {@link #apply(float[])} leaves of some tokens, each with its logit} */
    public SamplerResult apply(int[] tokens, float[] logits) {
        return apply(SamplerResult.unsampled(tokens, logits));
    }

    private SamplerResult apply(SamplerResult candidates) {
        return CandidateSampling.apply(candidates, vocabSize, handle, failures);
    }

    /**
     * Tells the samplers that a token was chosen; {@link #sample} does so itself.
     *
     * @param token its id
     * @throws dev.tokapu.exception.GrammarException when a grammar of the chain forbids the token; {@link #reset} makes the chain
     *     usable again
     */
    public void accept(int token) {
        Checks.token(token, vocabSize);
        long chain = handle.acquire();
        try {
            failures.check(handle.api().samplers().accept(chain, token), "accept");
        } finally {
            handle.release();
        }
    }

    /**
     * Shows the samplers what the generation goes on from: penalties and DRY look back at it, samplers in Java are told of it,
     * grammars, which concern what is generated, are not. Completions and chat sessions do so themselves.
     *
     * @param tokens their ids
     */
    public void acceptPrompt(int... tokens) {
        for (int id : tokens) {
            Checks.token(id, vocabSize);
        }
        long chain = handle.acquire();
        try {
            java.prompt(tokens);
            failures.checkJava("showing the prompt");
            failures.check(handle.api().samplers().acceptPrompt(chain, tokens, tokens.length), "showing the prompt");
        } finally {
            handle.release();
        }
    }

    /**
     * Ends the thought that is being generated, with the next token; does nothing between thoughts and when the chain is closed.
     * Any thread, also while the chain samples.
     *
     * @throws UnsupportedOperationException when the chain does not begin with a {@link ReasoningBudget}
     */
    @SuppressWarnings("CheckReturnValue") // the chain may be closed
    public void endReasoning() {
        if (!(samplers.get(0) instanceof ReasoningBudget)) {
            throw new UnsupportedOperationException(
                    "the chain " + samplers + " does not begin with a ReasoningBudget and knows no thoughts");
        }
        handle.api().reasoning().end(handle.unguardedId());
    }

    /** Puts the samplers into their first state: grammars at the start, empty windows, random generators as seeded. */
    public void reset() {
        long chain = handle.acquire();
        try {
            failures.check(handle.api().samplers().reset(chain), "reset");
        } finally {
            handle.release();
        }
    }

    /**
     * An independent chain in the same state: it will draw the same tokens. Only the random generator of {@link AdaptiveP}
     * starts over from its seed, as llama.cpp does not copy it.
     *
     * @return the copy, to be closed by the caller
     */
    public SamplerChain copy() {
        long[] clone = new long[1];
        JavaSamplers copies;
        long chain = handle.acquire();
        try {
            copies =
                    java.copyDuring(() -> failures.check(handle.api().samplers().clone(chain, clone), "copy"));
        } finally {
            handle.release();
        }
        return new SamplerChain(model, copies.in(samplers), NativeSamplers.own(handle.api(), clone[0]), copies);
    }

    /**
     * {@return the seed of the last sampler that has one, the one drawn where a random one was asked for; empty when
     * none has}
     */
    public OptionalInt seed() {
        int[] seed = new int[1];
        handle.call("seed", chain -> handle.api().samplers().seed(chain, seed));
        return seed[0] == -1 ? OptionalInt.empty() : OptionalInt.of(seed[0]);
    }

    /** {@return whether the chain is closed} */
    public boolean isClosed() {
        return handle.isClosed();
    }

    @Override
    public void close() {
        handle.close();
    }

    @Override
    public String toString() {
        return "SamplerChain" + samplers + (isClosed() ? " (closed)" : "");
    }
}
