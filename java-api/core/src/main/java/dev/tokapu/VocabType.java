package dev.tokapu;

import dev.tokapu.exception.TokapuException;

/**
 * The kind of tokenizer of a model (llama.cpp: {@code llama_vocab_type}).
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public enum VocabType {
    /** The model has no vocabulary. */
    NONE(0),

    /** SentencePiece with byte fallback, as in Llama 2. */
    SPM(1),

    /** Byte-level byte-pair encoding, as in GPT-2 and Llama 3. */
    BPE(2),

    /** WordPiece, as in BERT. */
    WPM(3),

    /** Unigram, as in T5. */
    UGM(4),

    /** Greedy, as in RWKV. */
    RWKV(5),

    /** PLaMo-2. */
    PLAMO2(6),

    /** A dummy of llama.cpp for tests. */
    TEST(7);

    private final int code;

    VocabType(int code) {
        this.code = code;
    }

    /** The value of {@code llama_vocab_type}. */
    int code() {
        return code;
    }

    /** The constant for a value of {@code llama_vocab_type}. */
    static VocabType of(long code) {
        for (var constant : values()) {
            if (constant.code == code) {
                return constant;
            }
        }
        throw new TokapuException("llama_vocab_type " + code + " is unknown to this version");
    }
}
