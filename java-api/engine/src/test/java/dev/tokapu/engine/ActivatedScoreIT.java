package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tokapu.LoraAdapter;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.completion.ScoredContinuation;
import dev.tokapu.testsupport.LoraWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an activated adapter (aLoRA) does to scores. */
@Timeout(300)
class ActivatedScoreIT {

    private static final String INVOCATION = "XQZ";

    @TempDir
    private static Path folder;

    @TinyModel
    private static Model model;

    private static ScoredContinuation score(Engine engine, String continuation, LoraSet set) {
        String prompt = "tell me " + INVOCATION + " what you know";
        return engine.score(
                        ScoreRequest.builder(prompt, continuation).adapters(set).build())
                .join();
    }

    /** The adapter of an answer is that of its prompt, whatever it says. */
    @Test
    void score_invocationInTheContinuation_changesNothing() {
        TokenizeOptions options =
                TokenizeOptions.builder().addSpecial(false).parseSpecial(false).build();
        int[] tokens = model.vocab().tokenize("a " + INVOCATION, options);
        int[] invocation = {tokens[tokens.length - 2], tokens[tokens.length - 1]};
        Path file = LoraWriter.ofTiny(3).invocationTokens(invocation).write(folder.resolve("activated.gguf"));
        try (LoraAdapter adapter = LoraAdapter.load(model, file);
                Engine engine = Engine.start(model, EngineFixture.options().build())) {
            LoraSet set = LoraSet.of(adapter);
            ScoredContinuation alone = score(engine, "; no", set);
            ScoredContinuation again = score(engine, "; no " + INVOCATION + " please", set);
            ScoredContinuation plain = score(engine, "; no", LoraSet.NONE);
            assertThat(again.tokens()).startsWith(alone.tokens()).containsSequence(invocation);
            double tolerance = TestModels.tolerance(model, 0.01f);
            for (int i = 0; i < alone.tokens().length; i++) {
                assertThat(again.logProbabilities()[i]).isCloseTo(alone.logProbabilities()[i], within(tolerance));
            }
            assertThat(Math.abs(plain.logProbabilities()[0] - alone.logProbabilities()[0]))
                    .isGreaterThan(3 * tolerance);
        }
    }
}
