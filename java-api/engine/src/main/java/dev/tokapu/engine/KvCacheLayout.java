package dev.tokapu.engine;

/**
 * How the sequences of an engine share the KV cache.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public enum KvCacheLayout {
    /**
     * {@link #SPLIT}, which is the fastest for requests that have nothing in common; {@link #UNIFIED} on a GPU for one or two sequences, where
     * the prefill of a prompt disturbs the other one less, and for embeddings.
     */
    AUTO,

    /** A buffer for each sequence: a token attends to its own sequence only. Branches of a request copy their prompt. */
    SPLIT,

    /** One buffer for all: branches share their prompt, a sequence may be as long as all of it, but each step looks at everything. */
    UNIFIED
}
