package dev.tokapu;

/**
 * The number format of the keys or values in the KV cache (llama.cpp: {@code type_k}, {@code type_v}).
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public enum KvType {
    /** 32-bit floats: 4 bytes per value. */
    F32(0),

    /** 16-bit floats: 2 bytes per value; the default. */
    F16(1),

    /** Brain floats: 2 bytes per value. */
    BF16(30),

    /** 8 bits and a scale for 32 values: 1.06 bytes per value. */
    Q8_0(8),

    /** 5 bits, scale and offset for 32 values: 0.75 bytes per value. */
    Q5_1(7),

    /** 5 bits and a scale for 32 values: 0.69 bytes per value. */
    Q5_0(6),

    /** 4 bits, scale and offset for 32 values: 0.63 bytes per value. */
    Q4_1(3),

    /** 4 bits and a scale for 32 values: 0.56 bytes per value. */
    Q4_0(2),

    /** 4 bits, non-linear, and a scale for 32 values: 0.56 bytes per value. */
    IQ4_NL(20);

    private final int code;

    KvType(int code) {
        this.code = code;
    }

    /** {@return whether values are stored in blocks with a scale: all types but F32, F16 and BF16} */
    public boolean isQuantized() {
        return this != F32 && this != F16 && this != BF16;
    }

    /** The value of {@code ggml_type}. */
    int code() {
        return code;
    }
}
