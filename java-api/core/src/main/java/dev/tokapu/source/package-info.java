/**
 * Where models come from: {@link dev.tokapu.source.ModelSource}.
 *
 * @since 0.1
 */
@NullMarked
package dev.tokapu.source;

import org.jspecify.annotations.NullMarked;
