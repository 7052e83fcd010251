package dev.tokapu;

import dev.tokapu.device.MemoryReport;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.exception.DecodeException;
import dev.tokapu.internal.natives.NativeErrors;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.natives.NativeHandles;
import dev.tokapu.internal.util.Checks;
import dev.tokapu.spi.ContextInfoKey;
import dev.tokapu.spi.NativeApi;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A working memory for a {@link Model}: it decodes batches of tokens and holds the KV cache and the outputs of the last
 * batch. It is the low level, which knows tokens and numbers only.
 *
 * <p>Close it, best with try-with-resources; it works on when its model is closed first. Closing it while another thread
 * decodes makes that call end soon with an {@link IllegalStateException}. Apart from results that are new arrays, no method
 * allocates on the Java heap.
 *
 * <p>Thread safety: confined to one thread at a time. A second thread that calls while one is inside gets an
 * {@link IllegalStateException}; handing it over between calls is fine. {@link #abort()}, {@link #close()} and the methods
 * that describe the context may be called at any time by any thread.
 *
 * @since 0.1
 */
public final class Context implements AutoCloseable {

    static {
        NativeHandles.register(Context.class, context -> context.handle);
    }

    private final Model model;
    private final ContextOptions options;
    private final NativeHandle handle;
    private final NativeApi api;
    private final KvCache kvCache;
    private final BatchCheck batchCheck;
    private final int contextSize;
    private final int sequenceContextSize;
    private final int batchSize;
    private final int microBatchSize;
    private final int maxSequences;
    private final Pooling pooling;
    private final boolean hasMemory;

    private final Outputs outputs;
    private final int[] count = new int[1];
    private float @Nullable [] exactLogits;
    private boolean embeddings;
    private volatile int threads;
    private volatile int batchThreads;

    private final Object abortLock = new Object();
    private volatile boolean running;
    private volatile boolean abortRequested;

    Context(Model model, ContextOptions options, NativeHandle handle) {
        this.model = model;
        this.options = options;
        this.handle = handle;
        this.api = handle.api();
        long[] info = ContextInfo.read(handle);
        contextSize = (int) info[ContextInfoKey.N_CTX];
        sequenceContextSize = (int) info[ContextInfoKey.N_CTX_SEQ];
        batchSize = (int) info[ContextInfoKey.N_BATCH];
        microBatchSize = (int) info[ContextInfoKey.N_UBATCH];
        maxSequences = (int) info[ContextInfoKey.N_SEQ_MAX];
        threads = (int) info[ContextInfoKey.N_THREADS];
        batchThreads = (int) info[ContextInfoKey.N_THREADS_BATCH];
        pooling = Pooling.of(info[ContextInfoKey.POOLING_TYPE]);
        hasMemory = info[ContextInfoKey.HAS_MEMORY] != 0;
        embeddings = options.embeddings();
        kvCache = new KvCache(handle, info, options.kvUnified());
        boolean positionsAreBounded = hasMemory && !model.isRecurrent();
        int bound = positionsAreBounded ? sequenceContextSize : Integer.MAX_VALUE;
        batchCheck = new BatchCheck(model, maxSequences, bound, contextSize);
        outputs = new Outputs(batchSize);
    }

    /**
     * The model that it works for.
     *
     * @return the model, perhaps closed
     */
    public Model model() {
        return model;
    }

    /**
     * What was asked for; the sizes in effect are the methods of this class.
     *
     * @return the options
     */
    public ContextOptions options() {
        return options;
    }

    /**
     * The room for all sequences together.
     *
     * @return tokens
     */
    public int contextSize() {
        return contextSize;
    }

    /**
     * The room for one sequence: all of it with one buffer or one sequence, otherwise a share.
     *
     * @return tokens
     */
    public int sequenceContextSize() {
        return sequenceContextSize;
    }

    /**
     * How many tokens one decode takes at most.
     *
     * @return tokens
     */
    public int batchSize() {
        return batchSize;
    }

    /**
     * How many tokens are computed in one step at most.
     *
     * @return tokens
     */
    public int microBatchSize() {
        return microBatchSize;
    }

    /**
     * How many sequences it holds at most.
     *
     * @return 1 or more
     */
    public int maxSequences() {
        return maxSequences;
    }

    /**
     * The compute threads for one token.
     *
     * @return 1 or more
     */
    public int threads() {
        return threads;
    }

    /**
     * The compute threads for several tokens.
     *
     * @return 1 or more
     */
    public int batchThreads() {
        return batchThreads;
    }

    /**
     * How embeddings of tokens become one of a sequence, in effect.
     *
     * @return the pooling
     */
    public Pooling pooling() {
        return pooling;
    }

    /**
     * The memory of the sequences.
     *
     * @return always the same object
     */
    public KvCache kvCache() {
        return kvCache;
    }

    /**
     * Processes a batch: its tokens enter the KV cache, and the outputs that it asks for replace those of the last one.
     *
     * @param batch 1 to {@link #batchSize()} tokens or embeddings; unchanged
     * @return whether it was processed
     * @throws IllegalArgumentException when the batch does not fit this context or model; nothing was done
     * @throws ContextOverflowException when a sequence would get longer than {@link #sequenceContextSize()}; nothing was done
     * @throws DecodeException when llama.cpp fails; micro-batches that it had processed stay in the KV cache
     */
    public DecodeStatus decode(Batch batch) {
        batchCheck.check(batch, batchSize, "ContextOptions.batchSize");
        return run(batch, false);
    }

    /**
     * Processes a batch through the encoder of an encoder-decoder model, or of an embedding model; the KV cache stays as it
     * is.
     *
     * @param batch 1 to {@link #microBatchSize()} tokens or embeddings; unchanged
     * @return whether it was processed
     * @throws IllegalArgumentException when the batch does not fit this context or model; nothing was done
     * @throws UnsupportedOperationException when the model has no encoder
     * @throws DecodeException when llama.cpp fails
     */
    public DecodeStatus encode(Batch batch) {
        if (hasMemory && !model.hasEncoder()) {
            throw new UnsupportedOperationException(model + " has no encoder; use decode");
        }
        batchCheck.check(batch, Math.min(microBatchSize, batchSize), "ContextOptions.microBatchSize");
        return run(batch, true);
    }

    private DecodeStatus run(Batch batch, boolean encode) {
        long id = handle.acquire();
        try {
            if (!encode) {
                batchCheck.checkPositions(batch, api, id);
            }
            outputs.forget();
            running = true;
            int status;
            try {
                status = encode ? encode(id, batch) : decode(id, batch);
            } finally {
                running = false;
                if (abortRequested) {
                    forgetAbort(id);
                }
            }
            if (status < 0) {
                throw NativeErrors.failure(api, status, encode ? "encode" : "decode", handle.name());
            }
            if (status == dev.tokapu.spi.DecodeStatus.ABORTED && handle.isClosed()) {
                throw handle.closedException();
            }
            if (status == dev.tokapu.spi.DecodeStatus.OK) {
                outputs.remember(batch, embeddings || encode);
            }
            return switch (status) {
                case dev.tokapu.spi.DecodeStatus.NO_KV_SLOT -> DecodeStatus.NO_KV_SLOT;
                case dev.tokapu.spi.DecodeStatus.ABORTED -> DecodeStatus.ABORTED;
                default -> DecodeStatus.OK;
            };
        } finally {
            handle.release();
        }
    }

    private int decode(long id, Batch batch) {
        return api.contexts()
                .decode(
                        id,
                        batch.size(),
                        batch.tokens(),
                        batch.embeddings(),
                        batch.positions(),
                        batch.sequenceCounts(),
                        batch.sequences(),
                        batch.outputs());
    }

    private int encode(long id, Batch batch) {
        return api.contexts()
                .encode(
                        id,
                        batch.size(),
                        batch.tokens(),
                        batch.embeddings(),
                        batch.positions(),
                        batch.sequenceCounts(),
                        batch.sequences(),
                        batch.outputs());
    }

    /** Waits until the devices have computed what was decoded: reading outputs does that by itself, measuring time needs it. */
    public void synchronize() {
        long id = handle.acquire();
        try {
            handle.check(api.contexts().synchronize(id), "synchronize");
        } finally {
            handle.release();
        }
    }

    /**
     * Stops the decode or encode that another thread is inside, within one node of its compute graph on the CPU; it then
     * answers {@link DecodeStatus#ABORTED}. Does nothing when none is running.
     */
    public void abort() {
        synchronized (abortLock) {
            abortRequested = true;
            if (running) {
                int status = api.contexts().abort(handle.unguardedId(), 1);
                if (status < 0 && !handle.isClosed()) {
                    throw NativeErrors.failure(api, status, "abort", handle.name());
                }
            } else {
                abortRequested = false;
            }
        }
    }

    private void forgetAbort(long id) {
        synchronized (abortLock) {
            abortRequested = false;
            if (!handle.isClosed()) {
                handle.check(api.contexts().abort(id, 0), "ending an abort");
            }
        }
    }

    /**
     * The logits of a token of the last batch, as a new array.
     *
     * @param index the index of the token in the batch, or -1 for the last one that has an output
     * @return a value for each token of the vocabulary
     * @throws IllegalStateException when there is no last batch
     * @throws IllegalArgumentException when no output was asked for with that token
     */
    public float[] logits(int index) {
        float[] logits = new float[model.vocab().size()];
        copyLogits(index, logits);
        return logits;
    }

    /**
     * Copies the logits of a token of the last batch.
     *
     * @param index the index of the token in the batch, or -1 for the last one that has an output
     * @param dst receives a value for each token of the vocabulary; it may be longer, the rest stays as it is
     * @throws IllegalStateException when there is no last batch
     * @throws IllegalArgumentException when no output was asked for with that token
     */
    public void copyLogits(int index, float[] dst) {
        int needed = model.vocab().size();
        if (dst.length < needed) {
            throw new IllegalArgumentException(
                    "the array has " + dst.length + " floats; logits have " + needed + ", one for each token");
        }
        long id = handle.acquire();
        try {
            outputs.require(index);
            float[] target = dst.length == needed ? dst : exactLogits(needed);
            handle.check(api.contexts().logits(id, index, target), "reading logits");
            if (dst.length > needed) {
                System.arraycopy(target, 0, dst, 0, needed);
            }
        } finally {
            handle.release();
        }
    }

    /** For arrays that are longer: a binding may write all of the array that it gets. */
    private float[] exactLogits(int size) {
        float[] buffer = exactLogits;
        if (buffer == null) {
            buffer = new float[size];
            exactLogits = buffer;
        }
        return buffer;
    }

    /**
     * The embedding of a token of the last batch, without pooling, as a new array.
     *
     * @param index the index of the token in the batch, or -1 for the last one that has an output
     * @return {@link Model#outputEmbeddingSize()} values
     * @throws IllegalStateException when the context makes no embeddings, pools them, or there is no last batch
     */
    public float[] embeddings(int index) {
        requireEmbeddings();
        if (pooling != Pooling.NONE) {
            throw new IllegalStateException("embeddings are pooled by " + pooling
                    + "; read them with sequenceEmbeddings, or set ContextOptions.pooling to NONE");
        }
        float[] values = new float[model.outputEmbeddingSize()];
        long id = handle.acquire();
        try {
            outputs.require(index);
            handle.check(api.contexts().embeddings(id, index, values, count), "reading embeddings");
            return count[0] == values.length ? values : Arrays.copyOf(values, count[0]);
        } finally {
            handle.release();
        }
    }

    /**
     * The pooled embedding of a sequence of the last batch, as a new array.
     *
     * @param sequence the sequence
     * @return {@link Model#outputEmbeddingSize()} values; with {@link Pooling#RANK} {@link Model#classifierOutputs()} scores
     * @throws IllegalStateException when the context makes no embeddings, does not pool them, or there is no last batch
     */
    public float[] sequenceEmbeddings(int sequence) {
        requireEmbeddings();
        if (pooling == Pooling.NONE) {
            throw new IllegalStateException(
                    "embeddings are not pooled; read them with embeddings(index), or set ContextOptions.pooling");
        }
        if (sequence < 0 || sequence >= maxSequences) {
            throw KvCache.unknownSequence(sequence, maxSequences);
        }
        float[] values = new float[Math.max(model.outputEmbeddingSize(), model.classifierOutputs())];
        long id = handle.acquire();
        try {
            outputs.requireBatch();
            handle.check(api.contexts().embeddingsSeq(id, sequence, values, count), "reading embeddings");
            return count[0] == values.length ? values : Arrays.copyOf(values, count[0]);
        } finally {
            handle.release();
        }
    }

    private void requireEmbeddings() {
        if (!embeddings) {
            throw new IllegalStateException(
                    handle.name() + " makes no embeddings; set ContextOptions.embeddings or call setEmbeddings(true)");
        }
    }

    /**
     * Sets the number of compute threads, as {@link ContextOptions.Builder#threads} does.
     *
     * @param threads for one token, 1 to 512
     * @param batchThreads for several tokens, 1 to 512
     */
    public void setThreads(int threads, int batchThreads) {
        Checks.between("threads", threads, 1, ContextOptions.MAX_THREADS);
        Checks.between("batchThreads", batchThreads, 1, ContextOptions.MAX_THREADS);
        long id = handle.acquire();
        try {
            handle.check(api.contexts().setThreads(id, threads, batchThreads), "setting threads");
        } finally {
            handle.release();
        }
        long[] info = ContextInfo.read(handle);
        this.threads = (int) info[ContextInfoKey.N_THREADS];
        this.batchThreads = (int) info[ContextInfoKey.N_THREADS_BATCH];
    }

    /**
     * Sets whether the following batches make embeddings.
     *
     * @param embeddings true for embeddings
     */
    public void setEmbeddings(boolean embeddings) {
        long id = handle.acquire();
        try {
            handle.check(api.contexts().setEmbeddings(id, embeddings ? 1 : 0), "setting embeddings");
            this.embeddings = embeddings;
        } finally {
            handle.release();
        }
    }

    /**
     * Sets whether tokens attend only to those before them.
     *
     * @param causal false to let them attend to all of their sequence in the batch
     */
    public void setCausalAttention(boolean causal) {
        long id = handle.acquire();
        try {
            handle.check(api.contexts().setCausalAttention(id, causal ? 1 : 0), "setting causal attention");
        } finally {
            handle.release();
        }
    }

    /**
     * Where model and context lie in memory.
     *
     * @return bytes of weights, KV cache and compute buffers
     */
    public MemoryReport memory() {
        return ModelCalls.contextMemory(handle);
    }

    /**
     * Whether it is closed.
     *
     * @return true after {@link #close()}
     */
    public boolean isClosed() {
        return handle.isClosed();
    }

    /** Frees it; a call that another thread is inside is aborted and the memory goes when it ends. Idempotent. */
    @Override
    public void close() {
        handle.close();
    }

    @Override
    public String toString() {
        return handle + " (" + contextSize + " tokens)";
    }
}
