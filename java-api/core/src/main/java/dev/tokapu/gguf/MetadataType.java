package dev.tokapu.gguf;

import org.jspecify.annotations.Nullable;

/**
 * The type of a metadata value (llama.cpp: {@code gguf_type}). An array has the type of its items.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public enum MetadataType {
    /** Unsigned integers of 8 bits. */
    UINT8(0, 1),

    /** Signed integers of 8 bits. */
    INT8(1, 1),

    /** Unsigned integers of 16 bits. */
    UINT16(2, 2),

    /** Signed integers of 16 bits. */
    INT16(3, 2),

    /** Unsigned integers of 32 bits, which most numbers are. */
    UINT32(4, 4),

    /** Signed integers of 32 bits. */
    INT32(5, 4),

    /** Floating-point numbers of 32 bits. */
    FLOAT32(6, 4),

    /** Truth values. */
    BOOL(7, 1),

    /** Texts in UTF-8; tokens may be any bytes. */
    STRING(8, 0),

    /** Unsigned integers of 64 bits. */
    UINT64(10, 8),

    /** Signed integers of 64 bits. */
    INT64(11, 8),

    /** Floating-point numbers of 64 bits. */
    FLOAT64(12, 8);

    /** Stands before the type of the items. */
    static final int ARRAY = 9;

    private final int code;
    private final int width;

    MetadataType(int code, int width) {
        this.code = code;
        this.width = width;
    }

    /** {@return the value of {@code gguf_type}, as in the file} */
    public int code() {
        return code;
    }

    /** The bytes of a number, 0 for texts. */
    int width() {
        return width;
    }

    boolean isInteger() {
        return this != STRING && this != BOOL && !isFloat();
    }

    /** Whether it is a type of integers that may be negative. */
    boolean isSigned() {
        return this == INT8 || this == INT16 || this == INT32 || this == INT64;
    }

    boolean isFloat() {
        return this == FLOAT32 || this == FLOAT64;
    }

    /** The constant for a value of {@code gguf_type}, null for an unknown one and for {@link #ARRAY}. */
    static @Nullable MetadataType of(int code) {
        for (MetadataType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        return null;
    }
}
