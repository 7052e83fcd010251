package dev.tokapu;

import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.Request;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.testsupport.LogCapture;
import dev.tokapu.text.TextStream;
import java.nio.file.Path;
import java.util.function.Function;

/** What a web application does with the API in its class loader. */
public final class LoaderGuest implements Function<String, String> {

    /** Called by reflection. */
    public LoaderGuest() {}

    /** Loads a model, uses everything that native code calls back, closes all; answers how many lines were logged. */
    @Override
    public String apply(String file) {
        CompletionOptions options = CompletionOptions.builder()
                .context(TestModels.small().build())
                .samplers(Sampler.customLogits((history, candidates) -> {}), Sampler.greedy())
                .maxTokens(4)
                .build();
        try (LogCapture log = LogCapture.start()) {
            ModelOptions loading =
                    ModelOptions.builder().progress(progress -> true).build();
            try (Model model = Model.load(Path.of(file), loading)) {
                try (TextStream completion = Completion.of(model, "the ring", options)) {
                    completion.text();
                }
                try (Engine engine = Engine.start(
                        model, EngineOptions.builder().maxSequences(2).build())) {
                    engine.submit(Request.builder("the ring").maxTokens(4).build())
                            .text();
                }
            }
            return Integer.toString(log.messages("llama.cpp").size());
        }
    }
}
