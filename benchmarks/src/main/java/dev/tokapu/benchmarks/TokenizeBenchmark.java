package dev.tokapu.benchmarks;

import dev.tokapu.Model;
import dev.tokapu.Vocab;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Text of some sizes to tokens and back.
 *
 * <pre>benchmarks/run.py jmh TokenizeBenchmark</pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls open() first
public class TokenizeBenchmark {

    private static final String SENTENCE = "The keeper counted 40 seconds, naïvely, and wrote: \"No ship tonight!\" ";

    /** Length of the text, in characters. */
    @Param({"16", "1024", "65536"})
    private int length;

    private Model model;
    private Vocab vocab;
    private String text;
    private int[] tokens;

    /** Loads the model. */
    @Setup
    public void open() {
        model = Models.load();
        vocab = model.vocab();
        text = SENTENCE.repeat(length / SENTENCE.length() + 1).substring(0, length);
        tokens = vocab.tokenize(text);
    }

    /** Closes the model. */
    @TearDown
    public void close() {
        model.close();
    }

    /**
     * Text to tokens.
     *
     * @return the tokens
     */
    @Benchmark
    public int[] tokenize() {
        return vocab.tokenize(text);
    }

    /**
     * Tokens to text.
     *
     * @return the text
     */
    @Benchmark
    public String detokenize() {
        return vocab.detokenize(tokens);
    }
}
