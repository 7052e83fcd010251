package dev.tokapu.benchmarks;

import dev.tokapu.Model;
import dev.tokapu.source.ModelSource;

/** The model that the JMH benchmarks use. */
final class Models {

    private static final String RESOURCE = "dev/tokapu/models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf";

    private Models() {}

    static Model load() {
        return Model.load(ModelSource.resource(RESOURCE));
    }
}
