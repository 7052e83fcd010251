/**
 * Models of hubs: {@link dev.tokapu.hub.Hub}.
 *
 * @since 0.1
 */
@NullMarked
package dev.tokapu.hub;

import org.jspecify.annotations.NullMarked;
