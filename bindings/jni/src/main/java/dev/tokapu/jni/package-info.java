/**
 * The JNI binding of {@code tokapu.h}: native methods that JavaCPP generates from the header at build time
 * ({@code dev.tokapu.jni.gen}) behind one class for each topic of {@link dev.tokapu.spi.NativeApi}.
 */
package dev.tokapu.jni;
