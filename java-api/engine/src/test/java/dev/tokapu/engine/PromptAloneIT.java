package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.FinishReason;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests for answers of no tokens. */
@Timeout(300)
class PromptAloneIT {

    private static final int[] PROMPT = new Random(3).ints(48, 3, 300).toArray(); // worth keeping

    @TinyModel
    private static Model model;

    private static Engine start() {
        return Engine.start(
                model,
                EngineOptions.builder()
                        .context(ContextOptions.builder()
                                .threads(1)
                                .batchThreads(1)
                                .build())
                        .maxSequences(3)
                        .sequenceContextSize(64)
                        .build());
    }

    private static Request.Builder request(int... prompt) {
        return Request.builder(prompt).samplers(Sampler.greedy()).ignoreEnd(true);
    }

    @Test
    void noTokens_areComputedOrChosen_andThePromptIsKept() {
        AtomicInteger chosen = new AtomicInteger();
        Sampler counts = Sampler.customLogits((tokens, candidates) -> chosen.incrementAndGet());
        try (Engine engine = start()) {
            Generation answer = engine.submit(Request.builder(PROMPT)
                    .samplers(counts, Sampler.greedy())
                    .maxTokens(0)
                    .build());
            assertThat(answer.text()).isEmpty();
            assertThat(answer.finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
            assertThat(answer.usage().promptTokens()).isEqualTo(PROMPT.length);
            assertThat(answer.usage().generatedTokens()).isZero();
            assertThat(answer.timings().promptMillis()).isPositive();
            assertThat(answer.requestTimings().prefill()).isPositive();
            assertThat(answer.requestTimings().firstToken()).isZero();
            assertThat(chosen).as("samplings").hasValue(0);
            assertThat(engine.snapshot().generatedTokens()).isZero();
            Generation next = engine.submit(request(PROMPT).maxTokens(8).build());
            next.result().join();
            EngineIT.assertGreedy(model, PROMPT, next.tokens());
            assertThat(next.usage().cachedTokens()).isEqualTo(PROMPT.length - 1);
        }
    }

    @Test
    void noTokens_ofSeveralAnswers_besideOthers_disturbNobody() {
        try (Engine engine = start()) {
            Generation running = engine.submit(request(9, 8, 7).maxTokens(40).build());
            List<Generation> none = engine.submit(
                            request(PROMPT).answers(2).maxTokens(0).build())
                    .answers();
            none.forEach(answer -> assertThat(answer.text()).isEmpty());
            running.result().join();
            EngineIT.assertGreedy(model, new int[] {9, 8, 7}, running.tokens());
            for (Generation answer : engine.submit(
                            request(PROMPT).answers(2).maxTokens(6).build())
                    .answers()) {
                answer.result().join();
                EngineIT.assertGreedy(model, PROMPT, answer.tokens());
            }
            assertThat(engine.snapshot().running()).isZero();
            assertThat(engine.snapshot().reservedTokens()).isZero();
        }
    }
}
