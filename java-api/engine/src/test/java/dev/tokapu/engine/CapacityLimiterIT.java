package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.engine.run.EngineMeter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CapacityLimiterIT {

    @Test
    void take_fullBeforeAnyAnswerEnded_saysToWaitForMoreThanAMoment() {
        try (Model model = TestModels.tiny()) {
            EngineOptions options = EngineFixture.options().queueCapacity(1).build();
            CapacityLimiter capacity =
                    new CapacityLimiter(OptionsResolver.resolve(model, options).build(), new EngineMeter());
            capacity.reserve(options.maxSequences() + 1);
            assertThatThrownBy(() -> capacity.reserve(1))
                    .isInstanceOfSatisfying(
                            RequestRejectedException.class,
                            e -> assertThat(e.retryAfter()).isBetween(Duration.ofMillis(200), Duration.ofSeconds(1)));
        }
    }
}
