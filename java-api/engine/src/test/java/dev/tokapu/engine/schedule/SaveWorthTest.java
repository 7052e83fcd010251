package dev.tokapu.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SaveWorthTest {

    private final SaveWorth worth = new SaveWorth();

    private int savedOf(int evictions) {
        int saved = 0;
        for (int i = 0; i < evictions; i++) {
            saved += worth.savesNext() ? 1 : 0;
            worth.evicted();
        }
        return saved;
    }

    @Test
    void savesNext_withoutAnyCost_isAlwaysTrue() {
        assertThat(savedOf(10_000)).isEqualTo(10_000);
    }

    @Test
    void savesNext_whenNothingIsUsed_becomesOneOf64() {
        worth.needed(0.1);
        assertThat(savedOf(1_000)).isLessThan(80);
        assertThat(savedOf(640)).isEqualTo(10);
    }

    @Test
    void savesNext_whenMuchWouldHaveBeenUsed_becomesAllAgain() {
        worth.needed(0.3);
        savedOf(1_000);
        for (int i = 0; i < 40; i++) {
            savedOf(2);
            worth.used(1);
        }
        assertThat(savedOf(8)).isEqualTo(8);
    }

    @Test
    void savesNext_whenComputingIsFaster_isOneOf64() {
        worth.needed(Double.MAX_VALUE);
        worth.used(1);
        assertThat(savedOf(640)).isEqualTo(10);
    }
}
