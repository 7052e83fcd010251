/**
 * Work on plain text: completion, infilling, scoring and perplexity, and the {@link dev.tokapu.completion.ContextGenerator} that conversations
 * use, too. Those are in {@code dev.tokapu.chat}.
 *
 * @since 0.1
 */
@NullMarked
package dev.tokapu.completion;

import org.jspecify.annotations.NullMarked;
