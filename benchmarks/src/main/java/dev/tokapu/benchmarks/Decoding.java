package dev.tokapu.benchmarks;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.DecodeStatus;

/** Decoding that must work. */
final class Decoding {

    private Decoding() {}

    static void decode(Context context, Batch batch) {
        DecodeStatus status = context.decode(batch);
        if (status != DecodeStatus.OK) {
            throw new IllegalStateException("decode answered " + status);
        }
    }
}
