/**
 * What the tests of several modules share: a tiny model file, texts, llama.cpp's own tools as the reference, and meters.
 */
@NullMarked
package dev.tokapu.testsupport;

import org.jspecify.annotations.NullMarked;
