package dev.tokapu.benchmarks;

import dev.tokapu.Model;
import dev.tokapu.Vocab;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.library.Bindings;
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
 * The cost of crossing from Java into C: the cheapest function of the binding, and a small one through the Java API.
 *
 * <pre>benchmarks/run.py jmh CallBenchmark</pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls open() first
public class CallBenchmark {

    private NativeApi api;
    private Model model;
    private Vocab vocab;
    private final byte[] piece = new byte[32];

    /** Loads the model. */
    @Setup
    public void open() {
        model = Models.load();
        vocab = model.vocab();
        api = Bindings.get().api();
    }

    /** Closes the model. */
    @TearDown
    public void close() {
        model.close();
    }

    /**
     * A constant from C.
     *
     * @return the version
     */
    @Benchmark
    public int abiVersion() {
        return api.system().abiVersion();
    }

    /**
     * The bytes of a token.
     *
     * @return their number
     */
    @Benchmark
    public int piece() {
        return vocab.piece(1000, false, piece);
    }
}
