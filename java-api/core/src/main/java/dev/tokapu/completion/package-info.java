/**
 * Work on plain text: completion, infilling, scoring and perplexity. Conversations are in {@link dev.tokapu.chat}.
 *
 * @since 0.1
 */
package dev.tokapu.completion;
