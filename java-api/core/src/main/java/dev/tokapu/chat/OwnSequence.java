package dev.tokapu.chat;

import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.Sequence;
import dev.tokapu.SequenceState;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.exception.SequenceStateException;
import dev.tokapu.internal.text.Answerer;
import dev.tokapu.internal.text.ContextShifter;
import dev.tokapu.internal.text.ContextTokenSource;
import dev.tokapu.internal.text.SequenceTokens;
import dev.tokapu.internal.text.StreamSettings;
import dev.tokapu.internal.text.TokenSource;
import dev.tokapu.internal.util.Overflow;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sequence 0 of a context that belongs to one conversation: what was decoded stays in its KV cache.
 *
 * <p>Thread safety: confined, but for {@link #close}.
 */
final class OwnSequence implements Answerer {

    private final Context context;
    private final SamplerChain chain;
    private final SequenceTokens cached = new SequenceTokens();
    private final ContextShifter room;
    private Supplier<int[]> beginning = () -> new int[0];
    private volatile @Nullable SamplerChain answerChain;

    private OwnSequence(Context context, SamplerChain chain, ChatOptions options) {
        this.context = context;
        this.chain = chain;
        this.room = new ContextShifter(context, options.contextShift(), this::keptTokens);
    }

    static OwnSequence open(Model model, ChatOptions options) {
        SamplerChain chain = SamplerChain.of(model, options.samplers());
        Context context = null;
        try {
            context = model.newContext(options.context());
            return new OwnSequence(context, chain, options);
        } catch (Throwable e) {
            chain.close();
            if (context != null) {
                context.close();
            }
            throw e;
        }
    }

    /** The tokens that should stay when the context is full. */
    void keep(Supplier<int[]> prompt) {
        beginning = prompt;
    }

    private int keptTokens() {
        int bos = context.model().vocab().specialTokens().addsBos() ? 1 : 0;
        return Math.max(bos, cached.commonPrefix(beginning.get()));
    }

    @Override
    public int longestPrompt() {
        return context.info().sequenceContextSize();
    }

    @Override
    public ContextOverflowException tooLong(int length) {
        return Overflow.of(
                length,
                context.info().sequenceContextSize(),
                context.info().contextSize(),
                "let ChatOptions.contextShift forget the oldest messages, or begin anew with ChatSession.reset");
    }

    @Override
    public int surplus(int length) {
        return room.surplus(length);
    }

    @Override
    public TokenSource answer(int[] prompt, int[] generated, @Nullable Sampler first, StreamSettings settings) {
        SamplerChain samplers = chain;
        if (first != null) {
            List<Sampler> all = new ArrayList<>(chain.samplers());
            all.add(0, first);
            samplers = SamplerChain.of(context.model(), all);
            answerChain = samplers;
        }
        return new ContextTokenSource(context, samplers, cached, prompt, generated, room);
    }

    @Override
    public void ended() {
        SamplerChain own = answerChain;
        if (own != null) {
            own.close();
        }
    }

    Context context() {
        return context;
    }

    SequenceState state() {
        return Sequence.of(context, 0).state(cached.toArray());
    }

    /** Whether the state was one of this context. */
    boolean restore(SequenceState state) {
        cached.truncate(0);
        Sequence sequence = Sequence.of(context, 0);
        try {
            sequence.restore(state);
            int[] tokens = state.tokens();
            if (tokens.length != sequence.length()) {
                sequence.clear();
                return false;
            }
            Arrays.stream(tokens).forEach(cached::add);
            return true;
        } catch (SequenceStateException e) {
            sequence.clear();
            return false;
        }
    }

    @Override
    public void close() {
        context.close();
        chain.close();
        ended();
    }
}
