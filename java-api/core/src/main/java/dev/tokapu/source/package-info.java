/**
 * Where models come from: {@link dev.tokapu.source.ModelSource}.
 *
 * @since 0.1
 */
package dev.tokapu.source;
