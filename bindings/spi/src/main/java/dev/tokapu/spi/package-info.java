/**
 * The mirror of {@code tokapu.h} in Java and everything needed to get one.
 *
 * <p>{@link dev.tokapu.spi.Bindings#get()} answers the binding of this JVM: it picks a {@link dev.tokapu.spi.NativeProvider}
 * (FFM on Java 22 and newer, otherwise JNI), lets {@link dev.tokapu.spi.NativeLibraries} find or extract the libraries and
 * checks that they are of the right version. Applications use the module {@code dev.tokapu} instead.
 *
 * @since 0.1
 */
package dev.tokapu.spi;
