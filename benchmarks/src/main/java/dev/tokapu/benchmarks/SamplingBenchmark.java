package dev.tokapu.benchmarks;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.sampling.TokenCandidates;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One token from the logits of a vocabulary of 49,152: the samplers, and the copy into a Java array.
 *
 * <pre>benchmarks/run.py jmh SamplingBenchmark</pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls open() first
public class SamplingBenchmark {

    private Model model;
    private Context context;
    private SamplerChain greedy;
    private SamplerChain defaults;
    private SamplerChain javaReading;
    private SamplerChain javaChanging;
    private SamplerChain javaBehindTopK;
    private float[] logits;

    /** Loads the model and decodes a prompt. */
    @Setup
    public void open() {
        model = Models.load();
        context = model.newContext(ContextOptions.builder().contextSize(256).build());
        greedy = SamplerChain.of(model, Sampler.greedy());
        defaults = SamplerChain.of(model, Sampler.defaults(1));
        javaReading = SamplerChain.of(model, Sampler.custom(SamplingBenchmark::look), Sampler.greedy());
        javaChanging = SamplerChain.of(model, Sampler.custom(SamplingBenchmark::raise), Sampler.greedy());
        javaBehindTopK =
                SamplerChain.of(model, Sampler.topK(40), Sampler.custom(SamplingBenchmark::raise), Sampler.greedy());
        logits = new float[model.vocab().size()];
        int[] prompt = model.vocab().tokenize("Once upon a time");
        context.decode(new Batch(prompt.length).addAll(prompt, 0, 0));
    }

    /** Closes everything. */
    @TearDown
    public void close() {
        javaBehindTopK.close();
        javaChanging.close();
        javaReading.close();
        defaults.close();
        greedy.close();
        context.close();
        model.close();
    }

    /**
     * The likeliest token.
     *
     * @return the token
     */
    @Benchmark
    public int greedy() {
        return greedy.sample(context, -1);
    }

    /**
     * llama.cpp's usual chain: top-k 40, top-p 0.95, min-p 0.05, temperature 0.8.
     *
     * @return the token
     */
    @Benchmark
    public int defaultChain() {
        return defaults.sample(context, -1);
    }

    private static void look(TokenCandidates candidates) {
        if (candidates.logit(0) > Float.MAX_VALUE) {
            throw new IllegalStateException("no logit");
        }
    }

    private static void raise(TokenCandidates candidates) {
        for (int i = 0; i < candidates.size(); i++) {
            candidates.setLogit(i, candidates.logit(i) + 1);
        }
    }

    /**
     * A sampler in Java that looks at the whole vocabulary and changes nothing, then the likeliest token; against
     * {@link #greedy()}: the upcall and one copy.
     *
     * @return the token
     */
    @Benchmark
    public int javaReading() {
        return javaReading.sample(context, -1);
    }

    /**
     * A sampler in Java that changes every logit of the vocabulary.
     *
     * @return the token
     */
    @Benchmark
    public int javaChanging() {
        return javaChanging.sample(context, -1);
    }

    /**
     * The same behind top-k 40: against {@link #defaultChain()}, the cost of a Java sampler where most of them stand.
     *
     * @return the token
     */
    @Benchmark
    public int javaBehindTopK() {
        return javaBehindTopK.sample(context, -1);
    }

    /**
     * All logits into a Java array.
     *
     * @return the array
     */
    @Benchmark
    public float[] copyLogits() {
        context.outputs().copyLogits(-1, logits);
        return logits;
    }
}
