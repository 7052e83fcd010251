package dev.tokapu;

/**
 * Whether rows of large tensors are read on demand (llama.cpp: {@code llama_lazy_mode}).
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public enum LazyMode {
    /** Every tensor is read at load. */
    OFF(0),

    /** Marked tensors larger than 4 GiB are read on demand when the file is mapped. */
    AUTO(1),

    /** All marked tensors are read on demand when the file is mapped. */
    ON(2);

    private final int code;

    LazyMode(int code) {
        this.code = code;
    }

    /** The value of {@code llama_lazy_mode}. */
    int code() {
        return code;
    }
}
