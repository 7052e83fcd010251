package dev.tokapu.spi;

/** What is in effect in a context: indices of {@link ContextApi#info} ({@code tokapu_context_info_key}). */
public final class ContextInfoKey {

    private ContextInfoKey() {}

    /** Tokens. */
    public static final int N_CTX = 0;

    /** Tokens per sequence. */
    public static final int N_CTX_SEQ = 1;

    /** Tokens per decode at most. */
    public static final int N_BATCH = 2;

    /** Tokens per compute graph at most. */
    public static final int N_UBATCH = 3;

    /** Sequences. */
    public static final int N_SEQ_MAX = 4;

    /** Recurrent-state snapshots per sequence. */
    public static final int N_RS_SEQ = 5;

    /** Threads for one token. */
    public static final int N_THREADS = 6;

    /** Threads for several tokens. */
    public static final int N_THREADS_BATCH = 7;

    /** {@code llama_pooling_type} in effect. */
    public static final int POOLING_TYPE = 8;

    /** 0 for encoder-only models: no KV cache, no {@code tokapu_decode()} history. */
    public static final int HAS_MEMORY = 9;

    /** {@code tokapu_memory_seq_add()} and {@code _div()} work. */
    public static final int CAN_SHIFT = 10;

    /** The number of these constants. */
    public static final int COUNT = 11;
}
