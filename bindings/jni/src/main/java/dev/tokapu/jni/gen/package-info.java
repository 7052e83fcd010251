/** What JavaCPP generates from {@code tokapu.h}; nothing but this file is committed. */
@NullUnmarked
package dev.tokapu.jni.gen;

import org.jspecify.annotations.NullUnmarked;
