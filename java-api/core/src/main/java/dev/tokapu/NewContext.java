package dev.tokapu;

import dev.tokapu.spi.ContextApi;

/** The native function that makes contexts of a kind. */
@FunctionalInterface
interface NewContext {

    /** Makes one from a model and the arrays of its options; the status. */
    int create(ContextApi contexts, long model, long[] ints, double[] floats, long[] context);
}
