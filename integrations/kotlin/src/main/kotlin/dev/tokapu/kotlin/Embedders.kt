package dev.tokapu.kotlin

import dev.tokapu.embedding.EmbedProgress
import dev.tokapu.embedding.Embedder

/**
 * The vector of a text, as [Embedder.embed] makes it. A thread waits for it; cancelling the coroutine ends the computation.
 *
 * Thread safety: safe, as are all functions of embedders.
 *
 * @since 0.1
 */
public suspend fun Embedder.vector(text: String): FloatArray = interruptible { embed(text) }

/** The vectors of texts in their order, without a prefix; otherwise as [vector]. */
public suspend fun Embedder.vectors(texts: List<String>): List<FloatArray> = interruptible { embed(texts) }

/** The vector of what is looked for, with the prefix of queries; otherwise as [vector]. */
public suspend fun Embedder.queryVector(query: String): FloatArray = interruptible { embedQuery(query) }

/** The vectors of what is found, in their order, with the prefix of documents; otherwise as [vector]. */
public suspend fun Embedder.documentVectors(documents: List<String>): List<FloatArray> = interruptible { embedDocuments(documents, EmbedProgress.NONE) }
