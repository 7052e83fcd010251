/**
 * Reading GGUF files in plain Java: metadata and tensor descriptions, without the native library.
 *
 * @since 0.1
 */
@NullMarked
package dev.tokapu.gguf;

import org.jspecify.annotations.NullMarked;
