package dev.tokapu.completion;

import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.internal.text.ContextShifter;
import dev.tokapu.internal.text.ContextTokenSource;
import dev.tokapu.internal.text.PromptText;
import dev.tokapu.internal.text.PullTextStream;
import dev.tokapu.internal.text.SequenceTokens;
import dev.tokapu.internal.text.StreamSettings;
import dev.tokapu.internal.util.ThreadGuard;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.Timings;
import dev.tokapu.text.TokenAlternatives;
import dev.tokapu.text.Usage;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * The continuation of a plain text, a {@link TextStream} with a context of its own, which
 * is freed at the end of the text or when this is closed. Read it to the end or close it.
 *
 * <p>It is computed on the reading thread in native code, which pins the carrier of a virtual thread, for the whole of the prompt at once: use
 * platform threads, or an {@code Engine}.
 *
 * <p>Thread safety: confined; use it in one thread at a time. {@link #cancel()} and {@link #close()} may be called by any
 * thread.
 *
 * @since 0.1
 */
public final class Completion implements TextStream {

    private final PullTextStream stream;
    private final Context context;
    private final SamplerChain chain;

    private Completion(Context context, SamplerChain chain, int[] prompt, CompletionOptions options) {
        this.context = context;
        this.chain = chain;
        int bos = context.model().vocab().specialTokens().addsBos() ? 1 : 0;
        ContextShifter room = new ContextShifter(context, options.contextShift(), () -> bos);
        ContextTokenSource source =
                new ContextTokenSource(context, chain, new SequenceTokens(), prompt, new int[0], room);
        ThreadGuard guard = new ThreadGuard("Completion");
        StreamSettings settings = new StreamSettings(
                options.maxTokens(), options.stops(), options.stoppingCriteria(), options.logProbabilities());
        this.stream = new PullTextStream(source, guard, settings, ended -> free());
    }

    /**
     * Continues a text with {@link CompletionOptions#defaults()}.
     *
     * @param model the model
     * @param prompt the text
     * @return the continuation as a stream; read it to its end or close it
     */
    public static Completion of(Model model, String prompt) {
        return of(model, prompt, CompletionOptions.defaults());
    }

    /**
     * Continues a text.
     *
     * @param model the model
     * @param prompt the text
     * @param options how to
     * @return the continuation as a stream; read it to its end or close it
     */
    public static Completion of(Model model, String prompt, CompletionOptions options) {
        int[] tokens = PromptText.tokens(model.vocab(), prompt, options.parseSpecial());
        return start(model, size -> tokens, options);
    }

    /**
     * Continues a text that is given as tokens.
     *
     * @param model the model
     * @param prompt the tokens, at least one; BOS is not added
     * @param options how to
     * @return the continuation as a stream; read it to its end or close it
     */
    public static Completion of(Model model, int[] prompt, CompletionOptions options) {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("the prompt has no tokens; give at least one, for example BOS");
        }
        int[] tokens = prompt.clone();
        return start(model, size -> tokens, options);
    }

    /** The prompt may depend on the size of the context. */
    static Completion start(Model model, IntFunction<int[]> prompt, CompletionOptions options) {
        Context context = model.newContext(options.context());
        SamplerChain chain = null;
        try {
            chain = SamplerChain.of(model, options.samplers());
            return new Completion(context, chain, prompt.apply(context.info().sequenceContextSize()), options);
        } catch (Throwable e) {
            if (chain != null) {
                chain.close();
            }
            context.close();
            throw e;
        }
    }

    private void free() {
        chain.close();
        context.close();
    }

    @Override
    public Iterator<String> iterator() {
        return stream.iterator();
    }

    @Override
    public Stream<String> stream() {
        return stream.stream();
    }

    @Override
    public Flow.Publisher<String> publisher() {
        return stream.publisher();
    }

    @Override
    public String text() {
        return stream.text();
    }

    @Override
    public void cancel() {
        stream.cancel();
    }

    @Override
    public boolean isFinished() {
        return stream.isFinished();
    }

    @Override
    public FinishReason finishReason() {
        return stream.finishReason();
    }

    @Override
    public Usage usage() {
        return stream.usage();
    }

    @Override
    public Timings timings() {
        return stream.timings();
    }

    @Override
    public int[] tokens() {
        return stream.tokens();
    }

    @Override
    public List<TokenAlternatives> logProbabilities() {
        return stream.logProbabilities();
    }

    /** Ends the text if it has not ended and frees the context. Idempotent, any thread. */
    @Override
    public void close() {
        stream.close();
        free();
    }

    @Override
    public String toString() {
        return "Completion of " + stream;
    }
}
