package dev.tokapu.gguf;

/**
 * A hash function for the tensors of a GGUF file, as llama.cpp's {@code llama-gguf-hash} has them.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public enum HashKind {
    /** XXH64 with the seed 0: fast, against damage only. */
    XXH64,

    /** SHA-1. */
    SHA1,

    /** SHA-256. */
    SHA256,

    /** A name-based UUID (version 5) of all numbers of a model; tensors have none. */
    UUID
}
