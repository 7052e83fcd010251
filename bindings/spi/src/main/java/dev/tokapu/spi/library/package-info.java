/**
 * The native libraries: finding them, unpacking them into the cache, and loading them with the binding of this JVM.
 *
 * <p>{@link dev.tokapu.spi.library.Bindings#get()} picks a {@link dev.tokapu.spi.NativeProvider} (FFM on Java 22 and newer,
 * otherwise JNI), lets {@link dev.tokapu.spi.library.NativeLibraries} find or unpack the libraries and checks that they are of
 * the right version.
 *
 * @since 0.1
 */
package dev.tokapu.spi.library;
