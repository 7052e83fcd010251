package dev.tokapu.spark;

import dev.tokapu.Pooling;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * How engines are started.
 *
 * @param threads 0 for those of the executor
 * @param gpuLayers negative for all that fit
 */
record EngineSettings(
        int maxSequences,
        int contextSize,
        int threads,
        int gpuLayers,
        @Nullable Pooling pooling,
        boolean reproducible) implements Serializable {

    EngineSettings {
        between("maxSequences", maxSequences, 1, 256);
        between("contextSize", contextSize, 0, Integer.MAX_VALUE);
        between("threads", threads, 0, 512);
    }

    static void between(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be " + least + " to " + most);
        }
    }
}
