package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.engine.run.Histogram;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class CapacityLimiterTest {

    @Test
    void take_fullBeforeAnyAnswerEnded_saysToWaitForMoreThanAMoment() {
        LongAdder rejected = new LongAdder();
        CapacityLimiter capacity =
                new CapacityLimiter(4, 1, rejected, () -> LatencySnapshot.of(List.of(new Histogram())));
        capacity.reserve(5);
        assertThatThrownBy(() -> capacity.reserve(1))
                .isInstanceOfSatisfying(
                        RequestRejectedException.class,
                        e -> assertThat(e.retryAfter()).isBetween(Duration.ofMillis(200), Duration.ofSeconds(1)));
        assertThat(rejected.sum()).isEqualTo(1);
    }
}
