package dev.tokapu.embedding;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.DecodeStatus;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.exception.DecodeException;
import dev.tokapu.internal.text.CallWatch;
import dev.tokapu.internal.text.EncoderInput;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Computes vectors in a context of its own. Texts are sorted by length and packed into batches of about {@link ContextOptions#microBatchSize}
 * tokens; each is computed as a whole.
 *
 * <p>They are computed on the calling thread in native code, which pins the carrier of a virtual thread. Calls wait for each other. An interrupt ends
 * a call within a node of the compute graph. Close it; a call that runs ends with an {@link IllegalStateException} then.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class ContextEncoder implements TextEncoder, AutoCloseable {

    private static final int MOST_TOKENS = 2048; // of a text, unless more are asked for: buffers grow with it
    private static final int MOST_SEQUENCES = 128;
    private static final int FEW_SEQUENCES = 8; // of models with a state for each

    private final Context context;
    private final int size;
    private final int packed;
    private final Batch batch;
    private final ReentrantLock lock = new ReentrantLock();

    private ContextEncoder(Context context, int size, int packed) {
        this.context = context;
        this.size = Math.min(size, context.info().sequenceContextSize());
        this.packed = packed;
        this.batch = new Batch(Math.max(size, packed));
    }

    /**
     * Opens one.
     *
     * @param model an embedding, reranking or classification model
     * @param options settings of the context. {@link ContextOptions#contextSize} is the length of the longest text, by default as much as the model was
     *     trained for, but at most 2048; {@link ContextOptions#microBatchSize} how many tokens are packed together; {@link ContextOptions#maxSequences} and
     *     the layout of the KV cache are ignored
     * @return the encoder, to be closed by the caller
     * @throws dev.tokapu.exception.ContextCreationException when the context cannot be made, for example for lack of memory
     * @throws IllegalArgumentException when the model does not say how to pool, nor do the options
     * @throws UnsupportedOperationException when the model has an encoder and a decoder, such as T5
     */
    public static ContextEncoder open(Model model, ContextOptions options) {
        if (model.info().hasEncoder() && model.info().hasDecoder()) {
            throw new UnsupportedOperationException(
                    model + " has an encoder and a decoder, and makes no vectors of texts; use Context.encode");
        }
        int trained = Math.max(1, model.info().trainedContextSize());
        int asked = options.contextSize();
        int size = asked > 0 ? asked : asked == 0 ? trained : Math.min(trained, MOST_TOKENS);
        int packed = options.microBatchSize();
        boolean states = model.info().isRecurrent() || model.info().isHybrid();
        int sequences = Math.min(packed, states ? FEW_SEQUENCES : MOST_SEQUENCES);
        int longest = Math.max(size, packed);
        Context context = model.newContext(settings(options, sequences, longest, packed));
        if (!context.kvCache().isPresent() && size > packed) {
            context.close(); // an encoder has to see a text as a whole; others need no buffers of that size
            context = model.newContext(settings(options, sequences, longest, longest));
        }
        try {
            EncoderInput.requirePooling(context);
            return new ContextEncoder(context, size, packed);
        } catch (Throwable e) {
            context.close();
            throw e;
        }
    }

    private static ContextOptions settings(ContextOptions options, int sequences, int batch, int microBatch) {
        int batchSize = roundedUp(batch, sequences);
        return options.toBuilder()
                .embeddings(true)
                .contextSize(batchSize)
                .batchSize(batchSize)
                .microBatchSize(roundedUp(microBatch, sequences))
                .maxSequences(sequences)
                .kvCache(kv -> kv.unified(true))
                .build();
    }

    /** A micro-batch is to be a multiple of the number of sequences. */
    private static int roundedUp(int tokens, int sequences) {
        return Math.multiplyExact((tokens + sequences - 1) / sequences, sequences);
    }

    /**
     * Opens one for scores: {@link Pooling#RANK}, unless the options have another pooling.
     *
     * @param model a reranking or classification model
     * @param options as {@link #open} takes them
     * @return the encoder, to be closed by the caller
     * @throws UnsupportedOperationException when the model has no classification head
     */
    public static ContextEncoder openScoring(Model model, ContextOptions options) {
        boolean chosen = options.pooling() != Pooling.UNSPECIFIED;
        return open(
                model,
                chosen ? options : options.toBuilder().pooling(Pooling.RANK).build());
    }

    @Override
    public Model model() {
        return context.model();
    }

    @Override
    public int sequenceContextSize() {
        return size;
    }

    @Override
    public Pooling pooling() {
        return context.info().pooling();
    }

    @Override
    public void encode(List<int[]> texts, VectorReceiver receiver) {
        List<int[]> copy = List.copyOf(texts);
        EncoderInput.check(copy, size, model().vocab().size(), "ContextOptions.contextSize");
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw EncoderInput.interrupted();
        }
        try {
            compute(copy, receiver);
        } finally {
            lock.unlock();
        }
    }

    private void compute(List<int[]> texts, VectorReceiver receiver) {
        int[] order = EncoderInput.longestFirst(texts);
        Thread caller = Thread.currentThread();
        Runnable look = () -> {
            if (caller.isInterrupted()) {
                context.abort();
            }
        };
        int from = 0;
        while (from < order.length) {
            int[] some = Arrays.copyOfRange(order, from, end(texts, order, from));
            if (!hand(some, CallWatch.during(look, () -> vectors(texts, some)), receiver)) {
                throw new CancellationException(
                        "cancelled after " + (from + some.length) + " of " + order.length + " texts");
            }
            from += some.length;
        }
    }

    /** How far the texts go that are computed together. */
    private int end(List<int[]> texts, int[] order, int from) {
        int tokens = texts.get(order[from]).length;
        int to = from + 1;
        int most = Math.min(order.length, from + context.info().maxSequences());
        while (to < most && tokens + texts.get(order[to]).length <= packed) {
            tokens += texts.get(order[to]).length;
            to++;
        }
        return to;
    }

    private float[][][] vectors(List<int[]> texts, int[] some) {
        batch.clear();
        for (int sequence = 0; sequence < some.length; sequence++) {
            int[] tokens = texts.get(some[sequence]);
            for (int position = 0; position < tokens.length; position++) {
                batch.add(tokens[position], position, sequence, true);
            }
        }
        DecodeStatus status = DecodeStatus.ABORTED;
        while (status == DecodeStatus.ABORTED) { // perhaps late, by an interrupt of the caller before this one
            if (Thread.currentThread().isInterrupted()) {
                throw EncoderInput.interrupted();
            }
            if (context.kvCache().isPresent()) {
                context.kvCache().clear(); // of what was before, micro-batches of an aborted decode included
            }
            status = context.decode(batch);
        }
        if (status != DecodeStatus.OK) {
            throw new DecodeException("the texts could not be computed: decode answered " + status);
        }
        float[][][] vectors = new float[some.length][][];
        int row = 0;
        for (int sequence = 0; sequence < some.length; sequence++) {
            if (pooling() != Pooling.NONE) {
                vectors[sequence] = new float[][] {context.outputs().sequenceEmbeddings(sequence)};
            } else {
                vectors[sequence] = new float[texts.get(some[sequence]).length][];
                for (int i = 0; i < vectors[sequence].length; i++) {
                    vectors[sequence][i] = context.outputs().embeddings(row++);
                }
            }
        }
        return vectors;
    }

    private static boolean hand(int[] some, float[][][] vectors, VectorReceiver receiver) {
        boolean goOn = true;
        for (int i = 0; i < some.length && goOn; i++) {
            goOn = receiver.receive(some[i], vectors[i]);
        }
        return goOn;
    }

    /** {@return the context, whose settings it shows; do not decode with it} */
    public Context context() {
        return context;
    }

    @Override
    public void close() {
        context.close();
    }

    @Override
    public String toString() {
        return "ContextEncoder[" + model() + ", " + pooling() + (context.isClosed() ? ", closed" : "") + "]";
    }
}
