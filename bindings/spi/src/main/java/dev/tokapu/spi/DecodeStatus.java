package dev.tokapu.spi;

/** The results of decode and encode that are no errors ({@code tokapu_decode_status}). */
public final class DecodeStatus {

    private DecodeStatus() {}

    /** The batch was processed. */
    public static final int OK = 0;

    /** No room in the KV cache for this batch; the memory is as before the call. */
    public static final int NO_KV_SLOT = 1;

    /** {@code tokapu_context_abort()} stopped it; processed micro-batches stay in memory. */
    public static final int ABORTED = 2;
}
