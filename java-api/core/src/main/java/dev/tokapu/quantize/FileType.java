package dev.tokapu.quantize;

import java.util.Arrays;
import java.util.Locale;

/**
 * What a model file is quantized to (llama.cpp: {@code llama_ftype}): the type that most tensors get, and which get more bits. Some small
 * tensors, norms for example, always stay as they are.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public enum FileType {
    /** 1.125 bits a weight. */
    Q1_0(40),

    /** 2.25 bits a weight, in groups of 64. */
    Q2_0(41),

    /** 4.5 bits a weight. */
    Q4_0(2),

    /** 5 bits a weight. */
    Q4_1(3),

    /** MXFP4 for experts, Q8_0 for the rest. */
    MXFP4_MOE(38),

    /** 5.5 bits a weight. */
    Q5_0(8),

    /** 6 bits a weight. */
    Q5_1(9),

    /** 2.06 bits a weight; wants an importance matrix. */
    IQ2_XXS(19),

    /** 2.31 bits a weight; wants an importance matrix. */
    IQ2_XS(20),

    /** 2.5 bits a weight; wants an importance matrix. */
    IQ2_S(28),

    /** 2.7 bits a weight; wants an importance matrix. */
    IQ2_M(29),

    /** 1.56 bits a weight; wants an importance matrix. */
    IQ1_S(24),

    /** 1.75 bits a weight; wants an importance matrix. */
    IQ1_M(31),

    /** 1.69 bits a weight, for ternary models. */
    TQ1_0(36),

    /** 2.06 bits a weight, for ternary models. */
    TQ2_0(37),

    /** 2.6 to 3.4 bits a weight, mixed. */
    Q2_K(10),

    /** 2.6 bits a weight; wants an importance matrix. */
    Q2_K_S(21),

    /** 3.06 bits a weight; wants an importance matrix. */
    IQ3_XXS(23),

    /** 3.44 bits a weight. */
    IQ3_S(26),

    /** 3.66 bits a weight, mixed. */
    IQ3_M(27),

    /** 3.3 bits a weight; wants an importance matrix. */
    IQ3_XS(22),

    /** 3.44 bits a weight. */
    Q3_K_S(11),

    /** 3.9 bits a weight, mixed. */
    Q3_K_M(12),

    /** 4.3 bits a weight, mixed. */
    Q3_K_L(13),

    /** 4.5 bits a weight, unevenly spaced. */
    IQ4_NL(25),

    /** 4.25 bits a weight, unevenly spaced. */
    IQ4_XS(30),

    /** 4.5 bits a weight. */
    Q4_K_S(14),

    /** 4.8 bits a weight, mixed; the usual choice. */
    Q4_K_M(15),

    /** 5.5 bits a weight. */
    Q5_K_S(16),

    /** 5.7 bits a weight, mixed. */
    Q5_K_M(17),

    /** 6.56 bits a weight. */
    Q6_K(18),

    /** 8.5 bits a weight; nearly as good as 16. */
    Q8_0(7),

    /** 16 bits a weight. */
    F16(1),

    /** 16 bits a weight, with the range of 32. */
    BF16(32),

    /** 32 bits a weight. */
    F32(0),

    /** No tensor is changed; only the metadata, and layers that are left out. */
    COPY(0);

    private final int code;

    FileType(int code) {
        this.code = code;
    }

    /** {@return the value of {@code llama_ftype}, as {@code general.file_type} has it} */
    public int code() {
        return code;
    }

    /**
     * The type of this name, ignoring case; {@code Q3_K}, {@code Q4_K} and {@code Q5_K} mean the types with {@code _M}.
     *
     * @param name as llama-quantize takes it, {@code q4_k_m} for example
     * @return the type
     * @throws IllegalArgumentException when there is none of that name
     */
    public static FileType of(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        String full = upper.matches("Q[345]_K") ? upper + "_M" : upper;
        return Arrays.stream(values())
                .filter(type -> type.name().equals(full))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no file type '" + name + "'; it can be one of " + Arrays.toString(values())));
    }
}
