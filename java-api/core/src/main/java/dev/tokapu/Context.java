package dev.tokapu;

import dev.tokapu.device.MemoryReport;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.exception.DecodeException;
import dev.tokapu.internal.natives.NativeErrors;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.natives.NativeHandles;
import dev.tokapu.spi.NativeApi;
import org.jspecify.annotations.Nullable;

/**
 * Decodes batches of tokens with a {@link Model}, and holds their KV cache and the outputs of the last batch. This is
 * the low level: it knows tokens and numbers only.
 *
 * <p>Close it, best with try-with-resources; it keeps working when its model is closed first. Closing it while another thread decodes ends that
 * call promptly with an {@link IllegalStateException}. Apart from results that are new arrays, no method allocates on the Java heap.
 *
 * <p>Thread safety: confined to one thread at a time. A second thread that calls while one is inside gets an {@link IllegalStateException}; handing
 * it over between calls is fine. {@link #abort()}, {@link #close()} and the methods that describe the context may be called at any time by any thread.
 *
 * @since 0.1
 */
public final class Context implements AutoCloseable {

    static {
        NativeHandles.register(Context.class, context -> context.handle);
    }

    private static final int[] NO_ROWS = {};
    private final Model model;
    private final ContextOptions options;
    private final NativeHandle handle;
    private final NativeApi api;
    private final ContextInfo info;
    private final KvCache kvCache;
    private final BatchCheck batchCheck;
    private final Outputs outputs;
    final ContextThreads threads;
    volatile LoraSet given = LoraSet.NONE;
    private final Object abortLock = new Object();
    private volatile boolean running;
    private volatile boolean abortRequested;

    Context(Model model, ContextOptions options, NativeHandle handle) {
        this.model = model;
        this.options = options;
        this.handle = handle;
        this.api = handle.api();
        info = new ContextInfo(ContextInfo.read(handle));
        threads = new ContextThreads(handle, model, options);
        kvCache = new KvCache(handle, info, options.kvCache().unified());
        int bound = info.hasMemory() && !model.info().isRecurrent() ? info.sequenceContextSize() : Integer.MAX_VALUE;
        batchCheck = new BatchCheck(model, info.maxSequences(), bound, info.contextSize());
        outputs = new Outputs(handle, model, info, options.embeddings());
    }

    /** {@return the model that it computes with, perhaps closed} */
    public Model model() {
        return model;
    }

    /** {@return the options that it was created with; {@link #info()} has the sizes in effect} */
    public ContextOptions options() {
        return options;
    }

    /** {@return the sizes in effect; always the same object} */
    public ContextInfo info() {
        return info;
    }

    /** {@return the logits and embeddings of the last batch; always the same object} */
    public Outputs outputs() {
        return outputs;
    }

    /**
     * {@return the compute threads for a decode of one token, 1 or more; those of the last decode, whatever its size, where they are
     * {@linkplain ContextOptions#adaptiveThreads adaptive}}
     */
    public int threads() {
        return threads.single();
    }

    /** {@return the compute threads for a decode of several tokens, 1 or more; where they are adaptive the same as {@link #threads}} */
    public int batchThreads() {
        return threads.several();
    }

    /** {@return the LoRA adapters and the control vector that it was given last; {@link LoraSet#applyTo} gives it others} */
    public LoraSet adapters() {
        return given;
    }

    /** {@return the KV cache; always the same object} */
    public KvCache kvCache() {
        return kvCache;
    }

    /**
     * Processes a batch: its tokens enter the KV cache, and its outputs replace those of the previous batch.
     *
     * @param batch 1 to {@link ContextInfo#batchSize()} tokens or embeddings; unchanged
     * @return whether it was processed
     * @throws IllegalArgumentException when the batch does not fit this context or model; nothing was done
     * @throws ContextOverflowException when a sequence would get longer than {@link ContextInfo#sequenceContextSize()}; nothing was done
     * @throws DecodeException when llama.cpp fails; micro-batches that it had processed stay in the KV cache
     */
    public DecodeStatus decode(Batch batch) {
        batchCheck.check(batch, info.batchSize(), "ContextOptions.batchSize");
        return run(batch, false, null, NO_ROWS);
    }

    /**
     * Processes a batch with MTP heads ({@link Model#newMtpContext}) or an EAGLE-3 draft model ({@link Model#newEagle3Context}): each token with the
     * hidden state of the token before it. The logits of a token say what follows it, as these guess. A sequence may begin at any position, and sees
     * what lies in their KV cache. A batch for EAGLE-3 has outputs of all its tokens, or of none.
     *
     * @param batch 1 to {@link ContextInfo#batchSize()} tokens; unchanged
     * @param source the context that computed the tokens before, with hidden states; this one, to go on behind tokens that it drafted
     * @param rows for each token of the batch the index of that before it in the source's last batch; -1 for none
     * @return whether it was processed
     * @throws IllegalArgumentException when the batch does not fit this context or model, or the source's last batch has no such rows; nothing was done
     * @throws UnsupportedOperationException when this context does not draft from hidden states, or there are none of the source's last batch; nothing
     *     was done
     */
    public DecodeStatus decode(Batch batch, Context source, int[] rows) {
        batchCheck.check(batch, info.batchSize(), "ContextOptions.batchSize");
        batchCheck.checkHidden(batch, source, rows);
        return run(batch, false, source, rows);
    }

    /**
     * Processes a batch through the encoder of an encoder-decoder model, or of an embedding model; the KV cache does not change.
     *
     * @param batch 1 to {@link ContextInfo#microBatchSize()} tokens or embeddings; unchanged
     * @return whether it was processed
     * @throws IllegalArgumentException when the batch does not fit this context or model; nothing was done
     * @throws UnsupportedOperationException when the model has no encoder
     * @throws DecodeException when llama.cpp fails
     */
    public DecodeStatus encode(Batch batch) {
        if (info.hasMemory() && !model.info().hasEncoder()) {
            throw new UnsupportedOperationException(model + " has no encoder; use decode");
        }
        batchCheck.check(batch, Math.min(info.microBatchSize(), info.batchSize()), "ContextOptions.microBatchSize");
        return run(batch, true, null, NO_ROWS);
    }

    private DecodeStatus run(Batch batch, boolean encode, @Nullable Context source, int[] rows) {
        long id = handle.acquire();
        try {
            if (!encode) {
                batchCheck.checkPositions(batch, api, id);
            }
            outputs.forget();
            threads.begin(id, batch);
            running = true;
            int status;
            try {
                status = source == null
                        ? DecodeCalls.run(api, id, batch, encode)
                        : DecodeCalls.runHidden(api, id, batch, source == this ? null : source.handle, rows);
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
                threads.computed();
                outputs.remember(batch, encode);
            }
            return DecodeCalls.status(status);
        } finally {
            handle.release();
        }
    }

    /** Waits until the devices have finished the decoded batches. Reading outputs waits by itself; call this to measure time. */
    public void synchronize() {
        long id = handle.acquire(); // no lambda: the engine does this at each step, and allocates nothing
        try {
            handle.check(api.contexts().synchronize(id), "synchronize");
        } finally {
            handle.release();
        }
    }

    /**
     * Stops the decode or encode that another thread runs, within one node of its compute graph on the CPU; that call
     * then returns {@link DecodeStatus#ABORTED}. Does nothing when none is running.
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
     * Sets the number of compute threads, as {@link ContextOptions.Builder#threads} does; they no longer change then.
     *
     * @param threads for one token, 1 to 512
     * @param batchThreads for several tokens, 1 to 512
     */
    public void setThreads(int threads, int batchThreads) {
        this.threads.fix(threads, batchThreads);
    }

    /** Sets whether the following batches make embeddings. */
    public void setEmbeddings(boolean embeddings) {
        long id = handle.acquire();
        try {
            handle.check(api.contexts().setEmbeddings(id, embeddings ? 1 : 0), "setting embeddings");
            outputs.embeddings(embeddings);
        } finally {
            handle.release();
        }
    }

    /**
     * Sets whether tokens attend only to earlier ones.
     *
     * @param causal false for attention to all tokens of their sequence in the batch
     */
    public void setCausalAttention(boolean causal) {
        long id = handle.acquire(); // no lambda: it would be an object for each call
        try {
            handle.check(api.contexts().setCausalAttention(id, causal ? 1 : 0), "setting causal attention");
        } finally {
            handle.release();
        }
    }

    /**
     * Sets whether the following batches keep the hidden states of all tokens, from which MTP heads draft. That copies {@link
     * ModelInfo#outputEmbeddingSize()} floats for each token to the host.
     *
     * @throws UnsupportedOperationException when the model has no heads or they were not loaded, or this context makes embeddings
     */
    public void setHiddenStates(boolean kept) {
        DecodeCalls.keepHidden(handle, kept, null);
    }

    /**
     * Has the following batches keep the hidden states of all tokens that an EAGLE-3 draft model reads: the inputs of three layers.
     *
     * @throws UnsupportedOperationException when it is of another architecture, llama.cpp does not tell of this model's layers, or this context makes embeddings
     * @throws IllegalArgumentException when it reads layers that this model does not have
     */
    public void setHiddenStates(Model draft) {
        DecodeCalls.keepHidden(handle, true, NativeHandles.of(draft));
    }

    /** {@return the memory of model and context by device: weights, KV cache and compute buffers} */
    public MemoryReport memory() {
        return ModelCalls.contextMemory(handle);
    }

    /** {@return whether it is closed} */
    public boolean isClosed() {
        return handle.isClosed();
    }

    /** Frees it; a call that another thread runs is aborted, and the memory is freed when it ends. Idempotent. */
    @Override
    public void close() {
        handle.close();
    }

    @Override
    public String toString() {
        return handle + " (" + info.contextSize() + " tokens)";
    }
}
