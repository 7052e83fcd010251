package dev.tokapu.benchmarks;

import dev.tokapu.Model;
import dev.tokapu.source.DefaultModel;

/** The model that the JMH benchmarks use. */
final class Models {

    private Models() {}

    static Model load() {
        return Model.load(DefaultModel.source());
    }
}
