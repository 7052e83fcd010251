package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.testsupport.Thorough;
import dev.tokapu.text.FinishReason;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Answers for random types, drawn at random from what the grammar of each allows: every one of them must be a value. In place
 * of a model there are random logits, which after a while prefer to come to an end.
 */
@Tag("checkout") // compiles Java
class RandomAnswersIT {

    private static final long SEED = 5;
    private static final int TYPES = Thorough.cases(1000, 400, 150);
    private static final int WANTED = 30;
    private static final int LIMIT = 5000;

    @Test
    @Timeout(400)
    void finish_answersOfRandomTypes_areValues(@TempDir Path folder) throws Exception {
        List<Class<?>> types = RandomTypes.compile(SEED, TYPES, folder);
        int tokens = 0;
        try (Model model = TestModels.tiny()) {
            GrammarWalk walk = new GrammarWalk(model, SEED);
            for (Class<?> type : types) {
                StructuredType<?> structured = StructuredType.of(type);
                String text;
                try (SamplerChain chain = walk.chain(structured.grammar())) {
                    text = walk.draw(chain, WANTED, LIMIT);
                }
                assertThat((Object) structured.finish(text, FinishReason.STOP_TOKEN))
                        .as(text)
                        .isInstanceOf(type);
                tokens += text.length();
            }
        }
        assertThat(tokens).isGreaterThan(TYPES * WANTED / 4);
    }
}
