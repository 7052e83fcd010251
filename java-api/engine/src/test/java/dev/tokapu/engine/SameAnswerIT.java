package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.testsupport.Corpus;
import dev.tokapu.testsupport.Thorough;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Long prompts of the default model have the same answers alone and in every mix, where no step has {@link TestModels#TILE} tokens
 * of one.
 */
@Tag("cpu")
@Timeout(300)
class SameAnswerIT {

    private static final List<Integer> LENGTHS = Thorough.some(List.of(65, 150, 300), 2, 2);
    private static final int ANSWER = 24;
    private static final int ROUNDS = Thorough.cases(2, 2, 1);

    private static List<int[]> prompts(Model model) {
        int[] text = model.vocab().tokenize(Corpus.prose());
        List<int[]> prompts = new ArrayList<>();
        for (int length : LENGTHS) {
            prompts.add(Arrays.copyOfRange(text, length, 2 * length));
        }
        return prompts;
    }

    private static Generation submit(Engine engine, int[] prompt) {
        return engine.submit(EngineFixture.greedy(prompt).maxTokens(ANSWER).build());
    }

    private static int[] tokens(Generation generation) {
        generation.text();
        return generation.tokens();
    }

    @Test
    void greedy_longPromptsInPieces_answerAsAloneInEveryMix() {
        EngineOptions options = EngineFixture.options()
                .context(ContextOptions.builder()
                        .threads(1)
                        .batchThreads(1)
                        .microBatchSize(TestModels.TILE - 1)
                        .build())
                .sequenceContextSize(512)
                .build();
        try (Model model = TestModels.smol();
                Engine engine = Engine.start(model, options)) {
            List<int[]> prompts = prompts(model);
            List<int[]> alone = new ArrayList<>();
            prompts.forEach(prompt -> alone.add(tokens(submit(engine, prompt))));
            Random random = new Random(1);
            for (int round = 0; round < ROUNDS; round++) {
                List<Generation> mixed = new ArrayList<>();
                for (int[] prompt : prompts) {
                    Generation cancelled = submit(engine, prompt);
                    mixed.add(submit(engine, prompt));
                    if (random.nextBoolean()) {
                        cancelled.iterator().next();
                    }
                    cancelled.cancel();
                }
                for (int i = 0; i < prompts.size(); i++) {
                    assertThat(tokens(mixed.get(i)))
                            .as("round %d, prompt of %d tokens", round, LENGTHS.get(i))
                            .containsExactly(alone.get(i));
                }
            }
        }
    }
}
