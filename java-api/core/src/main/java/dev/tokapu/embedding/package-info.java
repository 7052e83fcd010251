/**
 * Vectors of texts: an {@link dev.tokapu.embedding.Embedder} makes them, over a context of its own or an engine.
 *
 * @since 0.1
 */
@NullMarked
package dev.tokapu.embedding;

import org.jspecify.annotations.NullMarked;
