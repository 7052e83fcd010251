/**
 * Vectors of texts: an {@link dev.tokapu.embedding.Embedder} makes them, over a context of its own or an engine.
 *
 * @since 0.1
 */
package dev.tokapu.embedding;
