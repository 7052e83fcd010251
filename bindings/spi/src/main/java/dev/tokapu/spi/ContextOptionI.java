package dev.tokapu.spi;

/** The integer options of a context: indices of the first array of {@link ContextApi#defaults} ({@code tokapu_context_option_i}). */
public final class ContextOptionI {

    private ContextOptionI() {}

    /** Tokens; 0 = as trained. */
    public static final int N_CTX = 0;

    /** Tokens per {@code tokapu_decode()} at most. */
    public static final int N_BATCH = 1;

    /** Tokens per compute graph at most. */
    public static final int N_UBATCH = 2;

    /** Sequences. */
    public static final int N_SEQ_MAX = 3;

    /** Recurrent-state snapshots per sequence. */
    public static final int N_RS_SEQ = 4;

    /** Outputs per micro-batch; 0 = {@code n_batch}. */
    public static final int N_OUTPUTS_MAX = 5;

    /** 0 = {@code n_outputs_max}. */
    public static final int N_OUTPUTS_MAX_PER_SEQ = 6;

    /** Threads for one token. */
    public static final int N_THREADS = 7;

    /** Threads for several tokens. */
    public static final int N_THREADS_BATCH = 8;

    /** {@code llama_rope_scaling_type}. */
    public static final int ROPE_SCALING_TYPE = 9;

    /** {@code llama_pooling_type}. */
    public static final int POOLING_TYPE = 10;

    /** {@code llama_attention_type}. */
    public static final int ATTENTION_TYPE = 11;

    /** {@code llama_flash_attn_type}. */
    public static final int FLASH_ATTN_TYPE = 12;

    /** Context size of the original model, tokens; 0 = from the model. */
    public static final int YARN_ORIG_CTX = 13;

    /** {@code ggml_type} of the K cache: 0 f32, 1 f16, 30 bf16, 8 q8_0, 2 q4_0 and others. */
    public static final int TYPE_K = 14;

    /** {@code ggml_type} of the V cache. */
    public static final int TYPE_V = 15;

    /** 0 or 1: make embeddings. */
    public static final int EMBEDDINGS = 16;

    /** 0 or 1: KV cache and attention on the GPU. */
    public static final int OFFLOAD_KQV = 17;

    /** 0 or 1: no performance counters. */
    public static final int NO_PERF = 18;

    /** 0 or 1: host tensor operations on the GPU. */
    public static final int OP_OFFLOAD = 19;

    /** 0 or 1: a full-size cache for sliding-window layers. */
    public static final int SWA_FULL = 20;

    /** 0 or 1: one buffer for all sequences. */
    public static final int KV_UNIFIED = 21;

    /** 0 .. 100: how long idle compute threads spin before they sleep. */
    public static final int POLL = 22;

    /** MiB of the host's memory that KV cache and states may take; 0 = what the machine has. */
    public static final int HOST_MEMORY = 23;

    /** The number of these constants. */
    public static final int COUNT = 24;
}
