package dev.tokapu.completion;

import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.Sequence;
import dev.tokapu.SequenceState;
import dev.tokapu.exception.SequenceStateException;
import dev.tokapu.internal.text.Activation;
import dev.tokapu.internal.text.ContextShifter;
import dev.tokapu.internal.text.ContextTokenSource;
import dev.tokapu.internal.text.PromptText;
import dev.tokapu.internal.text.PullTextStream;
import dev.tokapu.internal.text.SequenceTokens;
import dev.tokapu.internal.util.ThreadGuard;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.text.ContextShift;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.StatefulGenerator;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.TokenPrompt;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Generates texts in a context of its own, one after the other. The KV cache keeps the last prompt and answer, so that a prompt that
 * begins alike costs only its rest. {@link dev.tokapu.LoraSet#applyTo} gives its {@linkplain #context context} adapters, for the next text on; what
 * was computed with others is computed anew.
 *
 * <p>Texts are computed on the reading thread in native code, which pins the carrier of a virtual thread, for the whole of a prompt at once:
 * use platform threads, or an engine. A new text cancels the one before it.
 *
 * <p>Thread safety: confined; use it and its streams in one thread at a time, a second one at the same time gets an
 * {@link IllegalStateException}. {@link #close()} may be called by any thread.
 *
 * @since 0.1
 */
public final class ContextGenerator implements StatefulGenerator {

    private final Context context;
    private final ContextOptions options;
    private final ContextShift contextShift;
    private final ContextShifter room;
    private final SequenceTokens cached = new SequenceTokens();
    private final ThreadGuard guard = new ThreadGuard("ContextGenerator");
    private int[] kept = {};
    private List<Sampler> samplers = List.of();
    private volatile @Nullable SamplerChain chain;
    private volatile @Nullable PullTextStream current;

    private ContextGenerator(Context context, ContextOptions options, ContextShift contextShift) {
        this.context = context;
        this.options = options;
        this.contextShift = contextShift;
        this.room = new ContextShifter(context, contextShift, this::keptTokens);
    }

    /**
     * Opens one whose texts end when the context is full.
     *
     * @param model the model
     * @param options settings of the context; one sequence is enough
     * @return the generator, to be closed by the caller
     */
    public static ContextGenerator open(Model model, ContextOptions options) {
        return open(model, options, ContextShift.none());
    }

    /**
     * Opens one.
     *
     * @param model the model
     * @param options settings of the context; one sequence is enough
     * @param contextShift what to forget when a text fills the context
     * @return the generator, to be closed by the caller
     * @throws dev.tokapu.exception.ContextCreationException when the context cannot be made, for example for lack of memory
     * @throws UnsupportedOperationException when something is to be forgotten, and the memory of this model cannot
     */
    public static ContextGenerator open(Model model, ContextOptions options, ContextShift contextShift) {
        Context context = model.newContext(options);
        try {
            return new ContextGenerator(context, options, contextShift);
        } catch (Throwable e) {
            context.close();
            throw e;
        }
    }

    private int keptTokens() {
        int bos = model().vocab().specialTokens().addsBos() ? 1 : 0;
        return Math.max(bos, cached.commonPrefix(kept));
    }

    @Override
    public Model model() {
        return context.model();
    }

    @Override
    public int sequenceContextSize() {
        return context.info().sequenceContextSize();
    }

    @Override
    public ContextShift contextShift() {
        return contextShift;
    }

    /**
     * Makes the samplers ready, as the first text with them does otherwise.
     *
     * @param generation the options of texts to come
     * @throws dev.tokapu.exception.TokapuException when a sampler cannot be made, for example of a grammar with an error
     */
    public void prepare(GenerationOptions generation) {
        guard.run(() -> chain(generation.samplers()));
    }

    /** {@inheritDoc} The text is computed as it is read. */
    @Override
    public TextStream generate(TokenPrompt prompt, GenerationOptions generation) {
        return generate(prompt, generation, () -> {});
    }

    /** {@inheritDoc} The text is computed as it is read. */
    @Override
    public TextStream generate(String prompt, GenerationOptions generation) {
        return generate(tokens(model(), prompt, false), generation);
    }

    static TokenPrompt tokens(Model model, String prompt, boolean parseSpecial) {
        int[] tokens = PromptText.tokens(model.vocab(), prompt, parseSpecial);
        if (tokens.length == 0) {
            throw new IllegalArgumentException("the prompt has no tokens; give at least one character");
        }
        return TokenPrompt.of(tokens);
    }

    TextStream generate(TokenPrompt prompt, GenerationOptions generation, Runnable onEnd) {
        return guard.call(() -> {
            requireOpen();
            endCurrent();
            kept = Arrays.copyOf(prompt.tokens(), prompt.kept());
            ContextTokenSource source =
                    new ContextTokenSource(context, chain(generation.samplers()), cached, prompt, room);
            PullTextStream stream = new PullTextStream(source, guard, generation, prompt.cutCharacter(), ended -> {
                current = null;
                onEnd.run();
            });
            current = stream;
            return stream;
        });
    }

    /** A chain is kept as long as texts have the same samplers. */
    private SamplerChain chain(List<Sampler> wanted) {
        SamplerChain made = chain;
        if (made == null || !wanted.equals(samplers)) {
            SamplerChain next = SamplerChain.of(model(), wanted);
            if (made != null) {
                made.close();
            }
            made = next;
            chain = next;
            samplers = wanted;
            if (context.isClosed()) {
                next.close();
                requireOpen();
            }
        }
        return made;
    }

    private void endCurrent() {
        PullTextStream stream = current;
        if (stream != null) {
            stream.close();
        }
    }

    private void requireOpen() {
        if (context.isClosed()) {
            throw new IllegalStateException("the generator is closed");
        }
    }

    @Override
    public SequenceState state() {
        return guard.call(() -> {
            requireOpen();
            endCurrent();
            LoraSet adapters = cached.activation().set();
            return Sequence.of(context, 0).state(adapters, isRestorable() ? cached.toArray() : new int[0]);
        });
    }

    /** A state has the tokens and not where an activated adapter began: that is looked for again, and generated text may mislead it. */
    private boolean isRestorable() {
        Activation activation = cached.activation();
        return cached.computedSo(activation) > 0
                && activation.equals(Activation.of(activation.set(), cached.toArray()));
    }

    @Override
    public boolean restore(SequenceState state) {
        return guard.call(() -> {
            requireOpen();
            endCurrent();
            return replace(state);
        });
    }

    private boolean replace(SequenceState state) {
        cached.truncate(0);
        int[] tokens = state.tokens();
        Activation activation = Activation.of(context.adapters(), tokens);
        Sequence sequence = Sequence.of(context, 0);
        try {
            sequence.restore(state);
            if (tokens.length != sequence.length()) {
                sequence.clear();
                return false;
            }
            Arrays.stream(tokens).forEach(cached::add);
            cached.computedWith(activation);
            return true;
        } catch (SequenceStateException e) {
            sequence.clear();
            return false;
        }
    }

    @Override
    public ContextGenerator another() {
        ContextGenerator other = open(model(), options, contextShift);
        try {
            context.adapters().applyTo(other.context);
            return other;
        } catch (Throwable e) {
            other.close();
            throw e;
        }
    }

    @Override
    public Context context() {
        return context;
    }

    @Override
    public void close() {
        context.close();
        SamplerChain made = chain;
        if (made != null) {
            made.close();
        }
    }

    @Override
    public String toString() {
        return "ContextGenerator[" + model() + (context.isClosed() ? ", closed" : "") + "]";
    }
}
