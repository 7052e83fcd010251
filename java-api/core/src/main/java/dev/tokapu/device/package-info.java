/**
 * The devices that compute, how a model is divided between them, and what it takes of their memory.
 *
 * @since 0.1
 */
@NullMarked
package dev.tokapu.device;

import org.jspecify.annotations.NullMarked;
