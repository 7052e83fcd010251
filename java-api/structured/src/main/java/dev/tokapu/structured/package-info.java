/**
 * Answers as Java values: a type becomes a JSON Schema, the schema a grammar that the model cannot leave, the text a value.
 *
 * <p>{@link dev.tokapu.chat.ChatSession#ask(String, Class)} is all that most need. Below it, {@link
 * dev.tokapu.structured.StructuredType} works with every source of text:
 *
 * {@snippet class="dev.tokapu.structured.Snippets" region="structured-completion"}
 *
 * <p>and {@link dev.tokapu.structured.StructuredStream} shows a value while it grows:
 *
 * {@snippet class="dev.tokapu.structured.Snippets" region="structured-stream"}
 *
 * @since 0.1
 */
@NullMarked
package dev.tokapu.structured;

import org.jspecify.annotations.NullMarked;
