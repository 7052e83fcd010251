package dev.tokapu.source;

import dev.tokapu.exception.ModelLoadException;
import org.jspecify.annotations.Nullable;

/**
 * The small model that Tokapu provides as a Maven artifact, for first steps and tests: SmolLM2 135M Instruct, 98 MB.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class DefaultModel {

    /** The name of its resource. */
    public static final String RESOURCE = "dev/tokapu/models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf";

    private static final String ARTIFACT = "dev.tokapu:tokapu-model-smollm2-135m-instruct";

    private DefaultModel() {}

    /**
     * The default model on the class path.
     *
     * @throws ModelLoadException when it is not there; the message names the Maven artifact
     */
    public static ModelSource source() {
        ClassLoader own = DefaultModel.class.getClassLoader();
        if (!has(Thread.currentThread().getContextClassLoader()) && !has(own)) {
            throw new ModelLoadException(
                    "class path resource " + RESOURCE,
                    "it is not on the class path; add the Maven artifact " + ARTIFACT
                            + ", or load a GGUF file with Model.load(path)");
        }
        return ModelSource.resource(RESOURCE);
    }

    private static boolean has(@Nullable ClassLoader loader) {
        return loader != null && loader.getResource(RESOURCE) != null;
    }
}
