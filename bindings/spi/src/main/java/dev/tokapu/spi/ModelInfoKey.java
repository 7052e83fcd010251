package dev.tokapu.spi;

/** What a model says about itself: indices of {@link ModelApi#info} ({@code tokapu_model_info_key}). */
public final class ModelInfoKey {

    private ModelInfoKey() {}

    /** Bytes of all tensors. */
    public static final int SIZE = 0;

    /** Parameters. */
    public static final int N_PARAMS = 1;

    /** Tokens. */
    public static final int N_CTX_TRAIN = 2;

    /** Width of the hidden state, in floats. */
    public static final int N_EMBD = 3;

    /** Width of an input embedding, in floats. */
    public static final int N_EMBD_INP = 4;

    /** Width of an output embedding, in floats. */
    public static final int N_EMBD_OUT = 5;

    /** Layers. */
    public static final int N_LAYER = 6;

    /** Layers for multi-token prediction. */
    public static final int N_LAYER_NEXTN = 7;

    /** Attention heads. */
    public static final int N_HEAD = 8;

    /** Key/value heads. */
    public static final int N_HEAD_KV = 9;

    /** Sliding window, tokens; 0 = none. */
    public static final int N_SWA = 10;

    /** Classifier outputs. */
    public static final int N_CLS_OUT = 11;

    /** {@code llama_rope_type}. */
    public static final int ROPE_TYPE = 12;

    /** {@code llama_ftype}. */
    public static final int FTYPE = 13;

    /** 0 or 1. */
    public static final int HAS_ENCODER = 14;

    /** 0 or 1. */
    public static final int HAS_DECODER = 15;

    /** 0 or 1. */
    public static final int IS_RECURRENT = 16;

    /** 0 or 1. */
    public static final int IS_HYBRID = 17;

    /** 0 or 1. */
    public static final int IS_DIFFUSION = 18;

    /** -1 = none. */
    public static final int DECODER_START_TOKEN = 19;

    /** Metadata entries. */
    public static final int N_META = 20;

    /** {@code llama_vocab_type}; 0 = no vocabulary. */
    public static final int VOCAB_TYPE = 21;

    /** Tokens in the vocabulary. */
    public static final int N_VOCAB = 22;

    /** Token id of the beginning of a sequence, -1 = none. */
    public static final int BOS = 23;

    /** Token id of the end of a sequence, -1 = none. */
    public static final int EOS = 24;

    /** Token id of the end of a turn, -1 = none. */
    public static final int EOT = 25;

    /** Token id of the separator, -1 = none. */
    public static final int SEP = 26;

    /** Token id of the line end, -1 = none. */
    public static final int NL = 27;

    /** Token id of the padding, -1 = none. */
    public static final int PAD = 28;

    /** Token id of the mask, -1 = none. */
    public static final int MASK = 29;

    /** Token id of the fill-in-the-middle prefix, -1 = none. */
    public static final int FIM_PRE = 30;

    /** Token id of the fill-in-the-middle suffix, -1 = none. */
    public static final int FIM_SUF = 31;

    /** Token id of the fill-in-the-middle middle, -1 = none. */
    public static final int FIM_MID = 32;

    /** Token id of the fill-in-the-middle padding, -1 = none. */
    public static final int FIM_PAD = 33;

    /** Token id of the repository name, -1 = none. */
    public static final int FIM_REP = 34;

    /** Token id of the file separator, -1 = none. */
    public static final int FIM_SEP = 35;

    /** 0 or 1: the tokenizer adds BOS. */
    public static final int ADD_BOS = 36;

    /** 0 or 1: the tokenizer adds EOS. */
    public static final int ADD_EOS = 37;

    /** 0 or 1: the tokenizer adds SEP. */
    public static final int ADD_SEP = 38;

    /** Experts of a mixture-of-experts model, 0 = none. */
    public static final int N_EXPERT = 39;

    /** Devices that its layers may lie on. */
    public static final int N_DEVICES = 40;

    /** The number of these constants. */
    public static final int COUNT = 41;
}
