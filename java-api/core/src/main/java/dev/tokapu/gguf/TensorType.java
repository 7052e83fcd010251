package dev.tokapu.gguf;

import org.jspecify.annotations.Nullable;

/**
 * A number format of tensors (llama.cpp: {@code ggml_type}). A quantized format stores blocks of several numbers together.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public enum TensorType {
    /** Floating-point numbers of 32 bits. */
    F32("f32", 0, 1, 4),

    /** Floating-point numbers of 16 bits. */
    F16("f16", 1, 1, 2),

    /** Blocks of 32 numbers in 18 bytes, 4.5 bits each. */
    Q4_0("q4_0", 2, 32, 18),

    /** Blocks of 32 numbers in 20 bytes, 5 bits each. */
    Q4_1("q4_1", 3, 32, 20),

    /** Blocks of 32 numbers in 22 bytes, 5.5 bits each. */
    Q5_0("q5_0", 6, 32, 22),

    /** Blocks of 32 numbers in 24 bytes, 6 bits each. */
    Q5_1("q5_1", 7, 32, 24),

    /** Blocks of 32 numbers in 34 bytes, 8.5 bits each. */
    Q8_0("q8_0", 8, 32, 34),

    /** Blocks of 32 numbers in 36 bytes, 9 bits each. */
    Q8_1("q8_1", 9, 32, 36),

    /** Blocks of 256 numbers in 84 bytes, 2.625 bits each. */
    Q2_K("q2_K", 10, 256, 84),

    /** Blocks of 256 numbers in 110 bytes, 3.4375 bits each. */
    Q3_K("q3_K", 11, 256, 110),

    /** Blocks of 256 numbers in 144 bytes, 4.5 bits each. */
    Q4_K("q4_K", 12, 256, 144),

    /** Blocks of 256 numbers in 176 bytes, 5.5 bits each. */
    Q5_K("q5_K", 13, 256, 176),

    /** Blocks of 256 numbers in 210 bytes, 6.5625 bits each. */
    Q6_K("q6_K", 14, 256, 210),

    /** Blocks of 256 numbers in 292 bytes, 9.125 bits each. */
    Q8_K("q8_K", 15, 256, 292),

    /** Blocks of 256 numbers in 66 bytes, 2.0625 bits each. */
    IQ2_XXS("iq2_xxs", 16, 256, 66),

    /** Blocks of 256 numbers in 74 bytes, 2.3125 bits each. */
    IQ2_XS("iq2_xs", 17, 256, 74),

    /** Blocks of 256 numbers in 98 bytes, 3.0625 bits each. */
    IQ3_XXS("iq3_xxs", 18, 256, 98),

    /** Blocks of 256 numbers in 50 bytes, 1.5625 bits each. */
    IQ1_S("iq1_s", 19, 256, 50),

    /** Blocks of 32 numbers in 18 bytes, 4.5 bits each. */
    IQ4_NL("iq4_nl", 20, 32, 18),

    /** Blocks of 256 numbers in 110 bytes, 3.4375 bits each. */
    IQ3_S("iq3_s", 21, 256, 110),

    /** Blocks of 256 numbers in 82 bytes, 2.5625 bits each. */
    IQ2_S("iq2_s", 22, 256, 82),

    /** Blocks of 256 numbers in 136 bytes, 4.25 bits each. */
    IQ4_XS("iq4_xs", 23, 256, 136),

    /** Integers of 8 bits. */
    I8("i8", 24, 1, 1),

    /** Integers of 16 bits. */
    I16("i16", 25, 1, 2),

    /** Integers of 32 bits. */
    I32("i32", 26, 1, 4),

    /** Integers of 64 bits. */
    I64("i64", 27, 1, 8),

    /** Floating-point numbers of 64 bits. */
    F64("f64", 28, 1, 8),

    /** Blocks of 256 numbers in 56 bytes, 1.75 bits each. */
    IQ1_M("iq1_m", 29, 256, 56),

    /** Brain floating-point numbers of 16 bits. */
    BF16("bf16", 30, 1, 2),

    /** Blocks of 256 numbers in 54 bytes, 1.6875 bits each. */
    TQ1_0("tq1_0", 34, 256, 54),

    /** Blocks of 256 numbers in 66 bytes, 2.0625 bits each. */
    TQ2_0("tq2_0", 35, 256, 66),

    /** Blocks of 32 numbers in 17 bytes, 4.25 bits each. */
    MXFP4("mxfp4", 39, 32, 17),

    /** Blocks of 64 numbers in 36 bytes, 4.5 bits each. */
    NVFP4("nvfp4", 40, 64, 36),

    /** Blocks of 128 numbers in 18 bytes, 1.125 bits each. */
    Q1_0("q1_0", 41, 128, 18),

    /** Blocks of 64 numbers in 18 bytes, 2.25 bits each. */
    Q2_0("q2_0", 42, 64, 18);

    private final String text;
    private final int code;
    private final int blockSize;
    private final int blockBytes;

    TensorType(String text, int code, int blockSize, int blockBytes) {
        this.text = text;
        this.code = code;
        this.blockSize = blockSize;
        this.blockBytes = blockBytes;
    }

    /** {@return the name that llama.cpp prints, for example {@code q4_1}} */
    public String text() {
        return text;
    }

    /** {@return the value of {@code ggml_type}, as in the file} */
    public int code() {
        return code;
    }

    /** {@return the numbers in a block, 1 for formats that are not quantized} */
    public int blockSize() {
        return blockSize;
    }

    /** {@return the size of a block, in bytes} */
    public int blockBytes() {
        return blockBytes;
    }

    /**
     * The size of numbers in rows of whole blocks.
     *
     * @param elements how many numbers
     * @return their bytes
     */
    public long bytes(long elements) {
        return Math.multiplyExact(elements / blockSize, blockBytes);
    }

    /**
     * The type of this name, ignoring case.
     *
     * @param text as llama.cpp has it, {@code q4_K} for example
     * @return the type
     * @throws IllegalArgumentException when there is none of that name
     */
    public static TensorType of(String text) {
        for (TensorType type : values()) {
            if (type.text.equalsIgnoreCase(text)) {
                return type;
            }
        }
        throw new IllegalArgumentException(
                "there is no tensor type '" + text + "'; it can be f16, q8_0 or q4_K, for example");
    }

    /** The constant for a value of {@code ggml_type}, null for an unknown one. */
    static @Nullable TensorType of(int code) {
        for (TensorType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        return null;
    }
}
