package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.text.FinishReason;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Answers of which nothing more is wanted for now. */
@Timeout(300)
class PausedAnswersIT {

    private static final int LONG = 20_000;

    @TinyModel
    private static Model model;

    private Engine engine;

    @BeforeEach
    void start() {
        start(KvCacheLayout.SPLIT);
    }

    private void start(KvCacheLayout layout) {
        close();
        engine = Engine.start(
                model,
                EngineFixture.options()
                        .kvLayout(layout)
                        .maxSequences(2)
                        .sequenceContextSize(LONG + 100)
                        .build());
    }

    @AfterEach
    void close() {
        if (engine != null) {
            engine.close();
        }
    }

    private static Request.Builder request(int tokens) {
        return Request.builder("the cat")
                .samplers(Sampler.greedy())
                .ignoreEnd(true)
                .maxTokens(tokens);
    }

    /** An answer whose prompt was computed, and nothing after it. */
    private Generation paused(Request request) {
        Generation others = engine.submit(request(LONG).answers(2).build());
        Generation answer = engine.submit(request);
        answer.pause();
        others.answers().forEach(Generation::cancel);
        EngineFixture.await("its turn", () -> {
            EngineSnapshot now = engine.snapshot();
            return now.waiting() == 0 && now.running() == 1 && now.generating() == 0;
        });
        return answer;
    }

    @ParameterizedTest
    @EnumSource(
            value = KvCacheLayout.class,
            names = {"SPLIT", "UNIFIED"})
    void pausedAnswer_letsOthersPass_andGoesOnAsIfNothingHadBeen(KvCacheLayout layout) {
        start(layout);
        String alone = engine.submit(request(200).build()).text();
        Generation answer = paused(request(200).build());
        long before = engine.snapshot().generatedTokens();
        assertThat(alone).startsWith(engine.submit(request(20).build()).text());
        assertThat(engine.snapshot().generatedTokens() - before).isLessThanOrEqualTo(20);
        assertThat(answer.isFinished()).isFalse();
        answer.resume();
        assertThat(answer.text()).isEqualTo(alone);
    }

    @Test
    void pausedAnswers_end_byCancelDeadlineAndClose() {
        Generation cancelled = paused(request(LONG).build());
        cancelled.cancel();
        assertThat(cancelled.text()).isNotNull();
        assertThat(cancelled.finishReason()).isEqualTo(FinishReason.CANCELLED);
        Generation late = paused(request(LONG).deadline(Duration.ofSeconds(5)).build());
        assertThat(late.text()).isNotNull();
        assertThat(late.finishReason()).isEqualTo(FinishReason.DEADLINE);
        Generation closed = paused(request(LONG).build());
        engine.close();
        assertThat(closed.finishReason()).isEqualTo(FinishReason.CANCELLED);
        closed.pause();
        closed.resume();
        assertThat(closed.isFinished()).isTrue();
    }
}
