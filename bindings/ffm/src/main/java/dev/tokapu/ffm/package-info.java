/**
 * The binding over {@code java.lang.foreign}.
 *
 * <p>{@code gen} is what jextract makes of {@code tokapu.h}. On top of it one class for each topic of
 * {@link dev.tokapu.spi.NativeApi} moves arrays between the Java heap and {@link dev.tokapu.ffm.Scratch} memory;
 * {@link dev.tokapu.ffm.LogUpcall}, {@link dev.tokapu.ffm.ProgressUpcall} and {@link dev.tokapu.ffm.SamplerUpcall} are the ways
 * back.
 */
package dev.tokapu.ffm;
