/**
 * Conversations with a model: sessions, messages, and the templates that turn messages into prompts.
 *
 * @since 0.1
 */
@NullMarked
package dev.tokapu.chat;

import org.jspecify.annotations.NullMarked;
