/**
 * Quantizing model files: the same model with fewer bits a weight.
 *
 * @since 0.1
 */
@NullMarked
package dev.tokapu.quantize;

import org.jspecify.annotations.NullMarked;
