/**
 * Documents in the order in which they fit a query: a {@link dev.tokapu.ranking.Reranker} scores them with a reranking model; {@link
 * dev.tokapu.ranking.RerankPrompt} makes the tokens that it reads of a query and a document.
 *
 * @since 0.1
 */
@NullMarked
package dev.tokapu.ranking;

import org.jspecify.annotations.NullMarked;
