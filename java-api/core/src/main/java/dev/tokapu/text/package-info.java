/**
 * The text that a model generates: {@link dev.tokapu.text.TextStream}, how it ends, and what it took.
 *
 * @since 0.1
 */
package dev.tokapu.text;
