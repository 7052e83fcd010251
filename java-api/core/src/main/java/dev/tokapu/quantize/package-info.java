/**
 * Quantizing model files: the same model with fewer bits a weight.
 *
 * @since 0.1
 */
package dev.tokapu.quantize;
