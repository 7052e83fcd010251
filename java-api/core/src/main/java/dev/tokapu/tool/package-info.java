/**
 * Tools that a model may call: definitions, calls, and Java code that runs them.
 *
 * <p>{@link dev.tokapu.tool.Tool} is one, {@link dev.tokapu.tool.Tools} a set with its limits and hooks.
 *
 * @since 0.1
 */
@NullMarked
package dev.tokapu.tool;

import org.jspecify.annotations.NullMarked;
