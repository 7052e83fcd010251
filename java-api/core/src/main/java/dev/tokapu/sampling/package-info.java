/**
 * Choosing the next token: every sampler of llama.cpp as a record, and chains of them.
 *
 * @since 0.1
 */
@NullMarked
package dev.tokapu.sampling;

import org.jspecify.annotations.NullMarked;
