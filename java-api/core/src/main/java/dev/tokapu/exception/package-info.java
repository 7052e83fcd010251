/**
 * The exceptions of this library; {@link dev.tokapu.exception.TokapuException} is the root of all.
 *
 * @since 0.1
 */
@NullMarked
package dev.tokapu.exception;

import org.jspecify.annotations.NullMarked;
