package dev.tokapu.benchmarks;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
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
    private float[] logits;

    /** Loads the model and decodes a prompt. */
    @Setup
    public void open() {
        model = Models.load();
        context = model.newContext(ContextOptions.builder().contextSize(256).build());
        greedy = SamplerChain.of(model, Sampler.greedy());
        defaults = SamplerChain.of(model, Sampler.defaults(1));
        logits = new float[model.vocab().size()];
        int[] prompt = model.vocab().tokenize("Once upon a time");
        context.decode(new Batch(prompt.length).addAll(prompt, 0, 0));
    }

    /** Closes everything. */
    @TearDown
    public void close() {
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

    /**
     * All logits into a Java array.
     *
     * @return the array
     */
    @Benchmark
    public float[] copyLogits() {
        context.copyLogits(-1, logits);
        return logits;
    }
}
