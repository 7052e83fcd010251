package dev.tokapu.gguf;

/**
 * Something wrong with a GGUF file that can be read.
 *
 * <p>Thread safety: immutable.
 *
 * @param severe whether llama.cpp refuses to load the file; otherwise it loads, and something of it may not work
 * @param message what is wrong, and where
 * @since 0.1
 */
public record GgufProblem(boolean severe, String message) {}
