package dev.tokapu;

/**
 * The outcome of {@link Context#decode} and {@link Context#encode} when nothing failed.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public enum DecodeStatus {

    /** The batch was processed. */
    OK,

    /**
     * There is no room in the KV cache for this batch. The cache is as before the call: remove or shift tokens with
     * {@link KvCache}, or try a smaller batch.
     */
    NO_KV_SLOT,

    /** {@link Context#abort()} stopped the call. Micro-batches that were processed before stay in the KV cache. */
    ABORTED
}
