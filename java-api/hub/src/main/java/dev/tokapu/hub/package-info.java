/**
 * Models of hubs: {@link dev.tokapu.hub.Hub}.
 *
 * @since 0.1
 */
package dev.tokapu.hub;
