package dev.tokapu.spi;

/**
 * The constants of {@code tokapu.h}, named as there without {@code TOKAPU_}.
 * The header says more about each of them; a test of {@code bindings/contract-tests} compares every name and value.
 */
public final class NativeConstants {

    private NativeConstants() {}

    /** The version of {@code tokapu.h} that this code is written for. */
    public static final int ABI_VERSION = 5;

    /** The llama.cpp release that this code is written for. */
    public static final String LLAMA_VERSION = "0.5.0";

    // --- status (tokapu_status)
    /** Success. */
    public static final int OK = 0;

    /** An argument is out of range or makes no sense here; nothing was done. */
    public static final int ERROR_ARGUMENT = -1;

    /** Not a live handle of this kind. */
    public static final int ERROR_HANDLE = -2;

    /** Another thread is inside this context or sampler. */
    public static final int ERROR_BUSY = -3;

    /** The buffer is too small; {@code *length} holds the size that is needed. */
    public static final int ERROR_BUFFER = -4;

    /** The model or adapter could not be loaded. */
    public static final int ERROR_MODEL = -5;

    /** The context could not be created. */
    public static final int ERROR_CONTEXT = -6;

    /** {@code llama_decode} or {@code llama_encode} failed; processed micro-batches stay in memory. */
    public static final int ERROR_DECODE = -7;

    /** A grammar is malformed, or a token was accepted that it forbids. */
    public static final int ERROR_GRAMMAR = -8;

    /** A chat template is missing, malformed or refused its input. */
    public static final int ERROR_TEMPLATE = -9;

    /** The text cannot be tokenized by this vocabulary. */
    public static final int ERROR_TOKENIZE = -10;

    /** This model, memory type or build cannot do that. */
    public static final int ERROR_UNSUPPORTED = -11;

    /** The progress callback asked to stop. */
    public static final int ERROR_CANCELLED = -12;

    /** A compute backend could not be loaded. */
    public static final int ERROR_BACKEND = -13;

    /** A C++ exception; {@code tokapu_last_error()} has its text. */
    public static final int ERROR_NATIVE = -14;

    /** A native assertion failed and was caught; the object is poisoned. */
    public static final int ERROR_ABORT = -15;

    /** An earlier call ended in {@link #ERROR_ABORT}. */
    public static final int ERROR_POISONED = -16;

    /** Out of memory. */
    public static final int ERROR_MEMORY = -17;

    /** The state of a sequence is damaged or does not fit; the sequence is empty now. */
    public static final int ERROR_STATE = -18;
    /** A sampler callback failed; nothing is poisoned. */
    public static final int ERROR_CALLBACK = -19;

    // --- sampler callbacks (tokapu_sampler_event, tokapu_candidates_key)
    /** Work on the candidates. */
    public static final int SAMPLER_APPLY = 0;

    /** A token was chosen. */
    public static final int SAMPLER_ACCEPT = 1;

    /** Go back to the first state. */
    public static final int SAMPLER_RESET = 2;

    /** Answer an independent copy. */
    public static final int SAMPLER_CLONE = 3;

    /** It will not be used again. */
    public static final int SAMPLER_FREE = 4;

    /** How many candidates there are. */
    public static final int CANDIDATES_N = 0;

    /** Index of the selected candidate, -1 for none. */
    public static final int CANDIDATES_SELECTED = 1;

    /** 1 when they are sorted by falling logit. */
    public static final int CANDIDATES_SORTED = 2;

    /** Length of the state of candidates. */
    public static final int CANDIDATES_COUNT = 3;

    // --- decode status (tokapu_decode_status)
    /** The batch was processed. */
    public static final int DECODE_OK = 0;

    /** No room in the KV cache for this batch; the memory is as before the call. */
    public static final int DECODE_NO_KV_SLOT = 1;

    /** {@code tokapu_context_abort()} stopped it; processed micro-batches stay in memory. */
    public static final int DECODE_ABORTED = 2;

    // --- log levels (tokapu_log_level)
    /** A debug line. */
    public static final int LOG_DEBUG = 1;

    /** An informational line. */
    public static final int LOG_INFO = 2;

    /** A warning. */
    public static final int LOG_WARN = 3;

    /** An error. */
    public static final int LOG_ERROR = 4;

    // --- device types (tokapu_device_type)
    /** The CPU. */
    public static final int DEVICE_CPU = 0;

    /** A GPU with memory of its own. */
    public static final int DEVICE_GPU = 1;

    /** A GPU that shares the host's memory. */
    public static final int DEVICE_IGPU = 2;

    /** An accelerator that is used together with the CPU. */
    public static final int DEVICE_ACCEL = 3;

    /** Several devices as one. */
    public static final int DEVICE_META = 4;

    // --- device information (tokapu_device_info_key)
    /** {@code tokapu_device_type}. */
    public static final int DEVICE_INFO_TYPE = 0;

    /** Bytes, now. */
    public static final int DEVICE_INFO_MEMORY_FREE = 1;

    /** Bytes. */
    public static final int DEVICE_INFO_MEMORY_TOTAL = 2;

    /** CUDA: 10 * major + minor; 0 for others. */
    public static final int DEVICE_INFO_COMPUTE_CAPABILITY = 3;

    /** The number of entries. */
    public static final int DEVICE_INFO_COUNT = 4;

    // --- device texts (tokapu_device_text_key)
    /** {@code CUDA0}. */
    public static final int DEVICE_TEXT_NAME = 0;

    /** {@code NVIDIA H200}. */
    public static final int DEVICE_TEXT_DESCRIPTION = 1;

    /** {@code CUDA}. */
    public static final int DEVICE_TEXT_BACKEND = 2;

    /** PCI address; may be empty. */
    public static final int DEVICE_TEXT_ID = 3;

    // --- model options (tokapu_model_option_i)
    /** {@code llama_load_mode}: -1 auto, 0 none, 1 mmap, 2 mlock, 3 mmap+mlock, 4 direct I/O. */
    public static final int MODEL_I_LOAD_MODE = 0;

    /** {@code llama_lazy_mode}: 0 off, 1 auto, 2 on. */
    public static final int MODEL_I_LAZY_MODE = 1;

    /** 0 or 1: vocabulary and metadata only, no weights. */
    public static final int MODEL_I_VOCAB_ONLY = 2;

    /** 0 or 1: validate tensor data while loading. */
    public static final int MODEL_I_CHECK_TENSORS = 3;

    /** 0 or 1: repack weights for this processor. */
    public static final int MODEL_I_USE_EXTRA_BUFTS = 4;

    /** Layers that go to devices; -1 all. */
    public static final int MODEL_I_N_GPU_LAYERS = 5;

    /** {@code llama_split_mode}: 0 none, 1 layer, 2 row, 3 tensor. */
    public static final int MODEL_I_SPLIT_MODE = 6;

    /** With split mode none: which of the devices. */
    public static final int MODEL_I_MAIN_GPU = 7;

    /** Flag: no pinned host buffers. */
    public static final int MODEL_I_NO_HOST = 8;

    /** Flag: no weights, memory is only planned. */
    public static final int MODEL_I_NO_ALLOC = 9;

    /** How the file is tried before it is trusted, {@code PROBE_}. */
    public static final int MODEL_I_PROBE = 10;

    /** The number of these constants. */
    public static final int MODEL_I_COUNT = 11;

    // --- how a model file is tried (tokapu_probe)
    /** Not at all. */
    public static final int PROBE_NONE = 0;

    /** Numbers of the file are checked. */
    public static final int PROBE_CHECK = 1;

    /** As well, another process plans a context. */
    public static final int PROBE_PLAN = 2;

    /** As well, another process computes two tokens. */
    public static final int PROBE_COMPUTE = 3;

    /** For that process. */
    public static final int PROBE_INSIDE = 4;

    // --- metadata override types (tokapu_override_type)
    /** A 64-bit integer. */
    public static final int OVERRIDE_INT = 0;

    /** A 64-bit float. */
    public static final int OVERRIDE_FLOAT = 1;

    /** True or false. */
    public static final int OVERRIDE_BOOL = 2;

    /** Text. */
    public static final int OVERRIDE_TEXT = 3;

    // --- model information (tokapu_model_info_key)
    /** Bytes of all tensors. */
    public static final int MODEL_INFO_SIZE = 0;

    /** Parameters. */
    public static final int MODEL_INFO_N_PARAMS = 1;

    /** Tokens. */
    public static final int MODEL_INFO_N_CTX_TRAIN = 2;

    /** Width of the hidden state, in floats. */
    public static final int MODEL_INFO_N_EMBD = 3;

    /** Width of an input embedding, in floats. */
    public static final int MODEL_INFO_N_EMBD_INP = 4;

    /** Width of an output embedding, in floats. */
    public static final int MODEL_INFO_N_EMBD_OUT = 5;

    /** Layers. */
    public static final int MODEL_INFO_N_LAYER = 6;

    /** Layers for multi-token prediction. */
    public static final int MODEL_INFO_N_LAYER_NEXTN = 7;

    /** Attention heads. */
    public static final int MODEL_INFO_N_HEAD = 8;

    /** Key/value heads. */
    public static final int MODEL_INFO_N_HEAD_KV = 9;

    /** Sliding window, tokens; 0 = none. */
    public static final int MODEL_INFO_N_SWA = 10;

    /** Classifier outputs. */
    public static final int MODEL_INFO_N_CLS_OUT = 11;

    /** {@code llama_rope_type}. */
    public static final int MODEL_INFO_ROPE_TYPE = 12;

    /** {@code llama_ftype}. */
    public static final int MODEL_INFO_FTYPE = 13;

    /** 0 or 1. */
    public static final int MODEL_INFO_HAS_ENCODER = 14;

    /** 0 or 1. */
    public static final int MODEL_INFO_HAS_DECODER = 15;

    /** 0 or 1. */
    public static final int MODEL_INFO_IS_RECURRENT = 16;

    /** 0 or 1. */
    public static final int MODEL_INFO_IS_HYBRID = 17;

    /** 0 or 1. */
    public static final int MODEL_INFO_IS_DIFFUSION = 18;

    /** -1 = none. */
    public static final int MODEL_INFO_DECODER_START_TOKEN = 19;

    /** Metadata entries. */
    public static final int MODEL_INFO_N_META = 20;

    /** {@code llama_vocab_type}; 0 = no vocabulary. */
    public static final int MODEL_INFO_VOCAB_TYPE = 21;

    /** Tokens in the vocabulary. */
    public static final int MODEL_INFO_N_VOCAB = 22;

    /** Token id of the beginning of a sequence, -1 = none. */
    public static final int MODEL_INFO_BOS = 23;

    /** Token id of the end of a sequence, -1 = none. */
    public static final int MODEL_INFO_EOS = 24;

    /** Token id of the end of a turn, -1 = none. */
    public static final int MODEL_INFO_EOT = 25;

    /** Token id of the separator, -1 = none. */
    public static final int MODEL_INFO_SEP = 26;

    /** Token id of the line end, -1 = none. */
    public static final int MODEL_INFO_NL = 27;

    /** Token id of the padding, -1 = none. */
    public static final int MODEL_INFO_PAD = 28;

    /** Token id of the mask, -1 = none. */
    public static final int MODEL_INFO_MASK = 29;

    /** Token id of the fill-in-the-middle prefix, -1 = none. */
    public static final int MODEL_INFO_FIM_PRE = 30;

    /** Token id of the fill-in-the-middle suffix, -1 = none. */
    public static final int MODEL_INFO_FIM_SUF = 31;

    /** Token id of the fill-in-the-middle middle, -1 = none. */
    public static final int MODEL_INFO_FIM_MID = 32;

    /** Token id of the fill-in-the-middle padding, -1 = none. */
    public static final int MODEL_INFO_FIM_PAD = 33;

    /** Token id of the repository name, -1 = none. */
    public static final int MODEL_INFO_FIM_REP = 34;

    /** Token id of the file separator, -1 = none. */
    public static final int MODEL_INFO_FIM_SEP = 35;

    /** 0 or 1: the tokenizer adds BOS. */
    public static final int MODEL_INFO_ADD_BOS = 36;

    /** 0 or 1: the tokenizer adds EOS. */
    public static final int MODEL_INFO_ADD_EOS = 37;

    /** 0 or 1: the tokenizer adds SEP. */
    public static final int MODEL_INFO_ADD_SEP = 38;

    /** Experts of a mixture-of-experts model, 0 = none. */
    public static final int MODEL_INFO_N_EXPERT = 39;

    /** Devices that its layers may lie on. */
    public static final int MODEL_INFO_N_DEVICES = 40;

    /** The number of these constants. */
    public static final int MODEL_INFO_COUNT = 41;

    // --- context options, integers (tokapu_context_option_i)
    /** Tokens; 0 = as trained. */
    public static final int CONTEXT_I_N_CTX = 0;

    /** Tokens per {@code tokapu_decode()} at most. */
    public static final int CONTEXT_I_N_BATCH = 1;

    /** Tokens per compute graph at most. */
    public static final int CONTEXT_I_N_UBATCH = 2;

    /** Sequences. */
    public static final int CONTEXT_I_N_SEQ_MAX = 3;

    /** Recurrent-state snapshots per sequence. */
    public static final int CONTEXT_I_N_RS_SEQ = 4;

    /** Outputs per micro-batch; 0 = {@code n_batch}. */
    public static final int CONTEXT_I_N_OUTPUTS_MAX = 5;

    /** 0 = {@code n_outputs_max}. */
    public static final int CONTEXT_I_N_OUTPUTS_MAX_PER_SEQ = 6;

    /** Threads for one token. */
    public static final int CONTEXT_I_N_THREADS = 7;

    /** Threads for several tokens. */
    public static final int CONTEXT_I_N_THREADS_BATCH = 8;

    /** {@code llama_rope_scaling_type}. */
    public static final int CONTEXT_I_ROPE_SCALING_TYPE = 9;

    /** {@code llama_pooling_type}. */
    public static final int CONTEXT_I_POOLING_TYPE = 10;

    /** {@code llama_attention_type}. */
    public static final int CONTEXT_I_ATTENTION_TYPE = 11;

    /** {@code llama_flash_attn_type}. */
    public static final int CONTEXT_I_FLASH_ATTN_TYPE = 12;

    /** Context size of the original model, tokens; 0 = from the model. */
    public static final int CONTEXT_I_YARN_ORIG_CTX = 13;

    /** {@code ggml_type} of the K cache: 0 f32, 1 f16, 30 bf16, 8 q8_0, 2 q4_0 and others. */
    public static final int CONTEXT_I_TYPE_K = 14;

    /** {@code ggml_type} of the V cache. */
    public static final int CONTEXT_I_TYPE_V = 15;

    /** 0 or 1: make embeddings. */
    public static final int CONTEXT_I_EMBEDDINGS = 16;

    /** 0 or 1: KV cache and attention on the GPU. */
    public static final int CONTEXT_I_OFFLOAD_KQV = 17;

    /** 0 or 1: no performance counters. */
    public static final int CONTEXT_I_NO_PERF = 18;

    /** 0 or 1: host tensor operations on the GPU. */
    public static final int CONTEXT_I_OP_OFFLOAD = 19;

    /** 0 or 1: a full-size cache for sliding-window layers. */
    public static final int CONTEXT_I_SWA_FULL = 20;

    /** 0 or 1: one buffer for all sequences. */
    public static final int CONTEXT_I_KV_UNIFIED = 21;

    /** 0 .. 100: how long idle compute threads spin before they sleep. */
    public static final int CONTEXT_I_POLL = 22;

    /** MiB of the host's memory that KV cache and states may take; 0 = what the machine has. */
    public static final int CONTEXT_I_HOST_MEMORY = 23;

    /** The number of these constants. */
    public static final int CONTEXT_I_COUNT = 24;

    // --- context options, floats (tokapu_context_option_f)
    /** 0 = from the model. */
    public static final int CONTEXT_F_ROPE_FREQ_BASE = 0;

    /** 0 = from the model. */
    public static final int CONTEXT_F_ROPE_FREQ_SCALE = 1;

    /** Negative = from the model. */
    public static final int CONTEXT_F_YARN_EXT_FACTOR = 2;

    /** YaRN magnitude scaling. */
    public static final int CONTEXT_F_YARN_ATTN_FACTOR = 3;

    /** YaRN low correction dimension. */
    public static final int CONTEXT_F_YARN_BETA_FAST = 4;

    /** YaRN high correction dimension. */
    public static final int CONTEXT_F_YARN_BETA_SLOW = 5;

    /** The number of these constants. */
    public static final int CONTEXT_F_COUNT = 6;

    // --- context information (tokapu_context_info_key)
    /** Tokens. */
    public static final int CONTEXT_INFO_N_CTX = 0;

    /** Tokens per sequence. */
    public static final int CONTEXT_INFO_N_CTX_SEQ = 1;

    /** Tokens per decode at most. */
    public static final int CONTEXT_INFO_N_BATCH = 2;

    /** Tokens per compute graph at most. */
    public static final int CONTEXT_INFO_N_UBATCH = 3;

    /** Sequences. */
    public static final int CONTEXT_INFO_N_SEQ_MAX = 4;

    /** Recurrent-state snapshots per sequence. */
    public static final int CONTEXT_INFO_N_RS_SEQ = 5;

    /** Threads for one token. */
    public static final int CONTEXT_INFO_N_THREADS = 6;

    /** Threads for several tokens. */
    public static final int CONTEXT_INFO_N_THREADS_BATCH = 7;

    /** {@code llama_pooling_type} in effect. */
    public static final int CONTEXT_INFO_POOLING_TYPE = 8;

    /** 0 for encoder-only models: no KV cache, no {@code tokapu_decode()} history. */
    public static final int CONTEXT_INFO_HAS_MEMORY = 9;

    /** {@code tokapu_memory_seq_add()} and {@code _div()} work. */
    public static final int CONTEXT_INFO_CAN_SHIFT = 10;

    /** The number of these constants. */
    public static final int CONTEXT_INFO_COUNT = 11;
}
