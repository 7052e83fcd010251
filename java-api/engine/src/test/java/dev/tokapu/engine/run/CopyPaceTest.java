package dev.tokapu.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CopyPaceTest {

    private static final long STEP = 8_000_000;
    private static final long LARGE = 1 << 30;

    private final CopyPace pace = new CopyPace();

    /** A byte takes a nanosecond. */
    @BeforeEach
    void measured() {
        pace.stepTook(STEP);
        pace.copied(true, LARGE, LARGE);
        pace.copied(false, LARGE, LARGE);
    }

    @Test
    void part_answersWait_takesAQuarterOfAStep() {
        assertThat(pace.part(true)).isEqualTo(STEP / 4);
        pace.took(STEP / 8);
        assertThat(pace.part(false)).isEqualTo(STEP / 8);
        pace.stepBegins();
        assertThat(pace.part(false)).isEqualTo(STEP / 4);
    }

    @Test
    void part_moreRequestsWaitThanAnswers_takesUpToThreeEighthsOfAStep() {
        pace.waiting(4, 5);
        assertThat(pace.part(true)).isEqualTo(STEP * 5 / 16);
        pace.waiting(1, 1000);
        assertThat(pace.part(true)).isEqualTo(STEP * 3 / 8);
        pace.waiting(4, 4);
        assertThat(pace.part(true)).isEqualTo(STEP / 4);
        pace.waiting(4, 0);
        assertThat(pace.part(true)).isEqualTo(STEP / 4);
    }

    @Test
    void part_copyThatHasBegun_isAtMostTwiceTheLast() {
        for (int i = 0; i < 100; i++) {
            pace.stepTook(100 * STEP);
        }
        pace.begun();
        for (int factor = 1; factor <= 8; factor *= 2) {
            long part = pace.part(false);
            assertThat(part).isEqualTo(factor * CopyPace.LEAST);
            pace.copied(false, part, part);
        }
    }

    @Test
    void part_nothingWasMeasured_isTheLeast() {
        assertThat(new CopyPace().part(true)).isEqualTo(CopyPace.LEAST);
    }
}
