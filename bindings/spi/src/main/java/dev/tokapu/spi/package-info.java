/**
 * The mirror of {@code tokapu.h} in Java: {@link dev.tokapu.spi.NativeApi} with one interface for each topic, one class of
 * constants for each enum, and {@link dev.tokapu.spi.NativeProvider}, which a binding implements.
 *
 * <p>{@code dev.tokapu.spi.library} finds and loads the native libraries, {@code dev.tokapu.spi.backend} the GPU modules; both
 * know this package, which knows neither. Applications use the module {@code dev.tokapu} instead.
 *
 * @since 0.1
 */
package dev.tokapu.spi;
