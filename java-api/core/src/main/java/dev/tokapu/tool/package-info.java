/**
 * Tools that a model may call: their definitions and the calls.
 *
 * @since 0.1
 */
package dev.tokapu.tool;
