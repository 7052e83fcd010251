package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.FinishReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an engine refuses or ends: a full queue, nonsense, deadlines. */
@Timeout(300)
class EngineLimitsIT {

    @TinyModel
    private static Model model;

    private static EngineOptions.Builder options() {
        return EngineOptions.builder()
                .context(ContextOptions.builder().threads(1).batchThreads(1).build())
                .maxSequences(4)
                .sequenceContextSize(128)
                .samplingThreads(2);
    }

    @Test
    void submit_moreThanTheQueueHolds_isRejectedWithATime() {
        try (Engine engine = Engine.start(model, options().queueCapacity(2).build())) {
            List<Generation> taken = new ArrayList<>();
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 1000; i++) {
                            taken.add(engine.submit(
                                    EngineFixture.endless(5, 6).maxTokens(10).build()));
                        }
                    })
                    .isInstanceOfSatisfying(
                            RequestRejectedException.class,
                            e -> assertThat(e.retryAfter()).isPositive());
            taken.forEach(generation -> generation.result().join());
            assertThat(engine.snapshot().completed()).isEqualTo(taken.size());
            engine.submit(Request.builder(new int[] {5}).maxTokens(1).build()).text();
        }
    }

    @Test
    void submit_nonsense_isRefused() {
        try (Engine engine = Engine.start(model, options().build())) {
            assertThatThrownBy(() -> engine.submit(Request.builder(new int[128]).build()))
                    .isInstanceOf(ContextOverflowException.class);
            assertThatThrownBy(
                            () -> engine.submit(Request.builder(new int[] {-1}).build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("-1");
            assertThatThrownBy(() -> engine.submit(
                            Request.builder(new int[] {1}).answers(5).build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("maxSequences");
        }
    }

    @Test
    void deadline_tooShort_endsWithWhatThereIs() {
        try (Engine engine =
                Engine.start(model, options().sequenceContextSize(8192).build())) {
            Generation late = engine.submit(
                    EngineFixture.endless(5, 6).deadline(Duration.ofMillis(50)).build());
            late.text();
            assertThat(late.finishReason()).isEqualTo(FinishReason.DEADLINE);
        }
    }

    @Test
    void start_durationsTooLongForNanoseconds_overflowedOnce() {
        Duration forever = Duration.ofSeconds(Long.MAX_VALUE);
        try (Engine engine =
                Engine.start(model, options().aging(forever).watchdog(forever).build())) {
            Generation generation = engine.submit(Request.builder(new int[] {5, 6})
                    .samplers(Sampler.greedy())
                    .ignoreEnd(true)
                    .deadline(forever)
                    .maxTokens(3)
                    .build());
            generation.text();
            assertThat(generation.tokens()).hasSize(3);
        }
    }
}
