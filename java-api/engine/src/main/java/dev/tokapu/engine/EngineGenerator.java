package dev.tokapu.engine;

import dev.tokapu.Model;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.TextGenerator;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.TokenPrompt;

/**
 * An engine as the conversations see it that it answers in.
 *
 * <p>Thread safety: safe.
 */
record EngineGenerator(Engine engine, SchedulingOptions scheduling, Speculation speculation) implements TextGenerator {

    @Override
    public Model model() {
        return engine.model();
    }

    @Override
    public int sequenceContextSize() {
        return engine.sequenceContextSize();
    }

    @Override
    public TextStream generate(TokenPrompt prompt, GenerationOptions options) {
        return generate(Request.builder(prompt), options);
    }

    @Override
    public TextStream generate(String prompt, GenerationOptions options) {
        return generate(Request.builder(prompt), options);
    }

    private TextStream generate(Request.Builder request, GenerationOptions options) {
        return engine.submitter()
                .generate(
                        engine,
                        request.generation(options)
                                .scheduling(scheduling)
                                .speculation(speculation)
                                .build(),
                        FinishedRequest.Operation.CHAT);
    }
}
