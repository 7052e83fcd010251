package dev.tokapu.spi;

/** The options of quantizing: indices of {@link QuantizeApi#defaults} ({@code tokapu_quantize_option_i}). */
public final class QuantizeOptionI {

    private QuantizeOptionI() {}

    /** {@code llama_ftype}: what most tensors become. */
    public static final int FTYPE = 0;

    /** Threads, 0 for as many as processors. */
    public static final int N_THREADS = 1;

    /** {@code ggml_type} of the output, -1 as the file type has it. */
    public static final int OUTPUT_TYPE = 2;

    /** {@code ggml_type} of the token embeddings, -1 as the file type has it. */
    public static final int EMBEDDING_TYPE = 3;

    /** Flag: also tensors that are quantized already. */
    public static final int ALLOW_REQUANTIZE = 4;

    /** Flag: the output as well. */
    public static final int QUANTIZE_OUTPUT = 5;

    /** Flag: no tensor is changed. */
    public static final int ONLY_COPY = 6;

    /** Flag: all tensors to the same type. */
    public static final int PURE = 7;

    /** Flag: only tell the types. */
    public static final int DRY_RUN = 8;

    /** Bytes of a tensor that are in memory at once. */
    public static final int MAX_BUFFER = 9;

    /** Flag: in this process. */
    public static final int INSIDE = 10;

    /** Flag: as many files as the model has. */
    public static final int KEEP_SPLIT = 11;

    /** The number of these constants. */
    public static final int COUNT = 12;
}
