package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_BUFFER;
import static dev.tokapu.spi.Status.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.tokapu.spi.ContextOptionF;
import dev.tokapu.spi.ContextOptionI;
import dev.tokapu.spi.LogLevel;
import dev.tokapu.spi.LogSink;
import dev.tokapu.spi.ModelInfoKey;
import dev.tokapu.spi.ModelOptionI;
import dev.tokapu.testsupport.LoraWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What all contract tests share: the binding under test, chosen by {@code -Dtokapu.binding}, a tiny model, and the check that
 * every test gives back all handles.
 */
abstract class Contract extends BindingUnderTest {

    /** A call that delivers text into a buffer. */
    @FunctionalInterface
    interface TextCall {
        int call(byte[] buf, int[] length);
    }

    private final Deque<Runnable> cleanups = new ArrayDeque<>();
    private long liveBefore;

    @BeforeEach
    final void rememberLiveHandles() {
        liveBefore = liveHandles();
    }

    @AfterEach
    final void everyHandleIsGivenBack() {
        while (!cleanups.isEmpty()) {
            cleanups.pop().run();
        }
        assertThat(liveHandles()).as("live handles after the test").isEqualTo(liveBefore);
    }

    final long liveHandles() {
        long[] n = new long[1];
        ok(api.system().liveHandles(n));
        return n[0];
    }

    // --- statuses

    final void ok(int status) {
        if (status != OK) {
            fail("status " + status + ": " + lastError());
        }
    }

    /** Requires a status and a last error that holds all of the fragments. */
    final void refused(int expected, int status, String... fragments) {
        assertThat(status).as(lastError()).isEqualTo(expected);
        assertThat(lastError()).isNotBlank();
        for (String fragment : fragments) {
            assertThat(lastError()).contains(fragment);
        }
    }

    final String lastError() {
        byte[] buf = new byte[4096];
        int[] length = new int[1];
        int status = api.system().lastError(buf, length);
        return status == OK ? string(buf, length[0]) : "lastError answered " + status;
    }

    /** Fetches a text and checks the protocol of too small buffers on the way. */
    final String text(TextCall call) {
        int[] length = {-1};
        int status = call.call(new byte[0], length);
        if (status == OK) {
            assertThat(length[0]).as("length of an empty text").isZero();
            return "";
        }
        assertThat(status).as(lastError()).isEqualTo(ERROR_BUFFER);
        int needed = length[0];
        assertThat(needed).isPositive();
        byte[] small = new byte[needed - 1];
        Arrays.fill(small, (byte) 0x7f);
        byte[] before = small.clone();
        length[0] = -1;
        assertThat(call.call(small, length)).isEqualTo(ERROR_BUFFER);
        assertThat(length[0]).isEqualTo(needed);
        assertThat(small).isEqualTo(before);
        byte[] buf = new byte[needed];
        length[0] = -1;
        ok(call.call(buf, length));
        assertThat(length[0]).isEqualTo(needed);
        byte[] large = new byte[needed + 7];
        large[needed] = 42;
        ok(call.call(large, length));
        assertThat(large[needed]).as("the byte after the text").isEqualTo((byte) 42);
        assertThat(string(large, needed)).isEqualTo(string(buf, needed));
        return string(buf, needed);
    }

    // --- objects

    final long model() {
        return model(tinyModel());
    }

    final long model(Path file) {
        long[] model = new long[1];
        ok(api.models().load(paths(file), 1, modelOptions(), new byte[0], 0, 0, null, model));
        assertThat(model[0]).isPositive();
        cleanups.push(() -> api.models().free(model[0]));
        return model[0];
    }

    final long[] modelOptions() {
        long[] options = new long[ModelOptionI.COUNT];
        ok(api.models().defaults(options));
        return options;
    }

    final long modelInfo(long model, int key) {
        long[] info = new long[ModelInfoKey.COUNT];
        ok(api.models().info(model, info));
        return info[key];
    }

    final int vocabSize(long model) {
        return (int) modelInfo(model, ModelInfoKey.N_VOCAB);
    }

    /** The integer options of a context with a batch of 32 tokens, 1 thread and 2 sequences. */
    final long[] contextInts() {
        long[] ints = new long[ContextOptionI.COUNT];
        ok(api.contexts().defaults(ints, new double[ContextOptionF.COUNT]));
        ints[ContextOptionI.N_CTX] = 256;
        ints[ContextOptionI.N_BATCH] = 32;
        ints[ContextOptionI.N_UBATCH] = 32;
        ints[ContextOptionI.N_SEQ_MAX] = 2;
        ints[ContextOptionI.KV_UNIFIED] = 1;
        ints[ContextOptionI.N_THREADS] = 1;
        ints[ContextOptionI.N_THREADS_BATCH] = 1;
        return ints;
    }

    final double[] contextFloats() {
        double[] floats = new double[ContextOptionF.COUNT];
        ok(api.contexts().defaults(new long[ContextOptionI.COUNT], floats));
        return floats;
    }

    final long context(long model) {
        return context(model, contextInts());
    }

    final long context(long model, long[] ints) {
        long[] context = new long[1];
        ok(api.contexts().create(model, ints, contextFloats(), context));
        assertThat(context[0]).isPositive();
        cleanups.push(() -> api.contexts().free(context[0]));
        return context[0];
    }

    final long sampler(long model) {
        long[] sampler = new long[1];
        ok(api.samplers().create(model, sampler));
        cleanups.push(() -> api.samplers().free(sampler[0]));
        return sampler[0];
    }

    final long chatTemplate(long model, String source) {
        long[] template = new long[1];
        ok(api.chatTemplates().create(model, utf8(source), template));
        cleanups.push(() -> api.chatTemplates().free(template[0]));
        return template[0];
    }

    /** A LoRA adapter for the tiny model. */
    final long adapter(long model) {
        return adapter(model, LoraWriter.ofTiny(1));
    }

    final long adapter(long model, LoraWriter content) {
        long[] adapter = new long[1];
        Path file = temporaryFile();
        content.write(file);
        ok(api.adapters().load(model, utf8(file.toString()), adapter));
        assertThat(adapter[0]).isPositive();
        cleanups.push(() -> api.adapters().free(adapter[0]));
        return adapter[0];
    }

    static Path temporaryFile() {
        try {
            Path file = Files.createTempFile("tokapu-contract", ".gguf");
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    final void cleanup(Runnable action) {
        cleanups.push(action);
    }

    final void log(LogSink sink, int minLevel) {
        ok(api.system().logSet(sink, minLevel));
        cleanups.push(() -> api.system().logSet(null, LogLevel.INFO));
    }

    final int[] tokenize(long model, String text) {
        int[] tokens = new int[text.length() * 4 + 16];
        int[] n = new int[1];
        ok(api.vocab().tokenize(model, utf8(text), 1, 0, tokens, n));
        return Arrays.copyOf(tokens, n[0]);
    }

    /** The token of one character, without the space that the tokenizer puts before a text. */
    final int tokenOf(long model, String character) {
        int[] tokens = tokenize(model, character);
        return tokens[tokens.length - 1];
    }

    final int decodeTokens(long context, int... tokens) {
        return api.contexts().decode(context, tokens.length, tokens, null, null, null, null, null);
    }

    final float[] logits(long context, int index, int vocabSize) {
        float[] logits = new float[vocabSize];
        ok(api.contexts().logits(context, index, logits));
        return logits;
    }

    /** Numbers from one on. */
    static int[] positions(int from, int n) {
        return IntStream.range(from, from + n).toArray();
    }

    /** The same number several times. */
    static int[] filled(int n, int value) {
        int[] values = new int[n];
        Arrays.fill(values, value);
        return values;
    }

    /** The largest difference between two of their numbers. */
    static float distance(float[] a, float[] b) {
        float largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
        }
        return largest;
    }
}
