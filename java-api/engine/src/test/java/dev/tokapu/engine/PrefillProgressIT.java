package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How much of a prompt is computed. */
@Timeout(300)
class PrefillProgressIT {

    @TinyModel
    private static Model model;

    private static Engine start() {
        return Engine.start(
                model,
                EngineFixture.options()
                        .context(TestModels.small().batchSize(32).build())
                        .sequenceContextSize(256)
                        .build());
    }

    @Test
    void prefillProgress_growsFromTheCachedTokensToThePrompt() {
        int[] prompt = EngineFixture.prompt(new Random(1), 100);
        try (Engine engine = start()) {
            for (boolean cached : new boolean[] {false, true}) {
                Runnable goOn = EngineFixture.hold(engine);
                Generation generation =
                        engine.submit(EngineFixture.greedy(prompt).answers(2).build());
                assertThat(generation.prefillProgress()).isEmpty();
                List<PrefillProgress> told = new CopyOnWriteArrayList<>();
                generation.onProgress(() -> generation.prefillProgress().ifPresent(told::add));
                goOn.run();
                generation.text();
                EngineFixture.await("the progress", () -> !told.isEmpty());
                assertThat(told)
                        .isNotEmpty()
                        .isSortedAccordingTo((a, b) -> Integer.compare(a.processedTokens(), b.processedTokens()));
                assertThat(told).allSatisfy(progress -> {
                    assertThat(progress.promptTokens()).isEqualTo(prompt.length);
                    assertThat(progress.cachedTokens())
                            .isEqualTo(generation.usage().cachedTokens());
                    assertThat(progress.processedTokens()).isBetween(progress.cachedTokens(), prompt.length);
                    assertThat(progress.time()).isGreaterThanOrEqualTo(Duration.ZERO);
                });
                PrefillProgress last = generation.prefillProgress().orElseThrow();
                assertThat(last.processedTokens()).isEqualTo(prompt.length);
                assertThat(generation.answers().get(1).prefillProgress()).contains(last);
                assertThat(last.cachedTokens() > 0).isEqualTo(cached);
            }
        }
    }
}
