package dev.tokapu;

import dev.tokapu.exception.TokapuException;

/**
 * How the embeddings of the tokens of a sequence become one (llama.cpp: {@code llama_pooling_type}).
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public enum Pooling {
    /** As the model says. */
    UNSPECIFIED(-1),

    /** One embedding for each token. */
    NONE(0),

    /** The mean over the tokens. */
    MEAN(1),

    /** That of the first token. */
    CLS(2),

    /** That of the last token. */
    LAST(3),

    /** The scores of the classification head of a reranking model. */
    RANK(4);

    private final int code;

    Pooling(int code) {
        this.code = code;
    }

    /** The value of {@code llama_pooling_type}. */
    int code() {
        return code;
    }

    /** The constant for a value of {@code llama_pooling_type}. */
    static Pooling of(long code) {
        for (var constant : values()) {
            if (constant.code == code) {
                return constant;
            }
        }
        throw new TokapuException("llama_pooling_type " + code + " is unknown to this version");
    }
}
