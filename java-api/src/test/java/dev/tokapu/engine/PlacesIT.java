package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PlacesIT {

    @Test
    void take_fullBeforeAnyAnswerEnded_saysToWaitForMoreThanAMoment() {
        try (Model model = TestModels.tiny()) {
            EngineOptions options = EngineFixture.options().queueCapacity(1).build();
            Places places = new Places(EngineSetup.of(model, options), new EngineMeter());
            places.take(options.maxSequences() + 1);
            assertThatThrownBy(() -> places.take(1))
                    .isInstanceOfSatisfying(
                            RequestRejectedException.class,
                            e -> assertThat(e.retryAfter()).isBetween(Duration.ofMillis(200), Duration.ofSeconds(1)));
        }
    }
}
