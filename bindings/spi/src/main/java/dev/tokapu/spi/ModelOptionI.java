package dev.tokapu.spi;

/** The options of a model: indices of {@link ModelApi#defaults} ({@code tokapu_model_option_i}). */
public final class ModelOptionI {

    private ModelOptionI() {}

    /** {@code llama_load_mode}: -1 auto, 0 none, 1 mmap, 2 mlock, 3 mmap+mlock, 4 direct I/O. */
    public static final int LOAD_MODE = 0;

    /** {@code llama_lazy_mode}: 0 off, 1 auto, 2 on. */
    public static final int LAZY_MODE = 1;

    /** 0 or 1: vocabulary and metadata only, no weights. */
    public static final int VOCAB_ONLY = 2;

    /** 0 or 1: validate tensor data while loading. */
    public static final int CHECK_TENSORS = 3;

    /** 0 or 1: repack weights for this processor. */
    public static final int USE_EXTRA_BUFTS = 4;

    /** Layers that go to devices; -1 all. */
    public static final int N_GPU_LAYERS = 5;

    /** {@code llama_split_mode}: 0 none, 1 layer, 2 row, 3 tensor. */
    public static final int SPLIT_MODE = 6;

    /** With split mode none: which of the devices. */
    public static final int MAIN_GPU = 7;

    /** Flag: no pinned host buffers. */
    public static final int NO_HOST = 8;

    /** Flag: no weights, memory is only planned. */
    public static final int NO_ALLOC = 9;

    /** How the file is tried before it is trusted, {@link Probe}. */
    public static final int PROBE = 10;

    /** 0 or 1: the MTP heads of the file too, for {@link ContextApi#newMtp}. */
    public static final int LOAD_MTP = 11;

    /** The number of these constants. */
    public static final int COUNT = 12;
}
