package dev.tokapu.engine;

import dev.tokapu.Model;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.TextGenerator;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.TokenPrompt;
import org.jspecify.annotations.Nullable;

/**
 * An engine as the conversations see it that it answers in.
 *
 * <p>Thread safety: safe.
 */
record EngineGenerator(
        Engine engine,
        SchedulingOptions scheduling,
        @Nullable Speculation speculation) implements TextGenerator {

    /** A conversation that an engine answers; without speculation as the engine's options say. */
    static ChatSession chat(
            Engine engine, ChatOptions options, SchedulingOptions scheduling, @Nullable Speculation speculation) {
        engine.submitter.check(scheduling, speculation);
        return ChatSession.open(new EngineGenerator(engine, scheduling, speculation), options);
    }

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
        return engine.submitter.generate(
                engine,
                request.generation(options)
                        .scheduling(scheduling)
                        .speculation(speculation)
                        .build(),
                FinishedRequest.Operation.CHAT);
    }
}
