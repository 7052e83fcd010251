package dev.tokapu.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepLimitTest {

    @ParameterizedTest
    @CsvSource({"3, 0, 25", "3, 1, 25", "10, 1, 30", "10, 2, 30", "5, 4, 30", "1, 30, 45"})
    void nanos_isTheLongerOfMultipleAndTarget(double alone, int prompts, double limit) {
        StepLimit threefold = new StepLimit(3, Duration.ofMillis(25));
        assertThat(threefold.nanos(alone * 1e6, prompts)).isEqualTo(limit * 1e6);
    }
}
