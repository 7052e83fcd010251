/**
 * The texts that a model generates: {@link dev.tokapu.text.GenerationOptions} say how, a {@link dev.tokapu.text.TextGenerator} makes them, and
 * a {@link dev.tokapu.text.TextStream} is one while it grows.
 *
 * @since 0.1
 */
@NullMarked
package dev.tokapu.text;

import org.jspecify.annotations.NullMarked;
