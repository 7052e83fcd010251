package dev.tokapu.spring.boot;

import dev.tokapu.exception.ContextCreationException;
import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.exception.NativeLibraryException;
import dev.tokapu.exception.TokapuException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** What to do when an application does not start because of its model. */
final class TokapuFailureAnalyzer extends AbstractFailureAnalyzer<TokapuException> {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, TokapuException cause) {
        String action = action(cause);
        return action == null ? null : new FailureAnalysis(cause.getMessage(), action, cause);
    }

    private static @Nullable String action(TokapuException cause) {
        if (cause instanceof ModelLoadException) {
            return """
                    Set spring.ai.tokapu.chat.model (of an embedding model spring.ai.tokapu.embedding.model) to the path of a GGUF file, \
                    a name such as hf://org/repo:Q4_K_M, or classpath:NAME; or leave it out and add the default model, \
                    dev.tokapu:tokapu-model-smollm2-135m-instruct. spring.ai.model.chat=none starts without a chat model.""";
        }
        if (cause instanceof ContextCreationException) {
            return "Give the engine less: lower max-sequences or context-size of spring.ai.tokapu.chat.engine (or of"
                    + " spring.ai.tokapu.embedding.engine), or take a smaller model.";
        }
        if (cause instanceof NativeLibraryException) {
            return "Add dev.tokapu:tokapu-all, which brings the native libraries and both bindings, or the"
                    + " tokapu-native of this platform.";
        }
        return null;
    }
}
