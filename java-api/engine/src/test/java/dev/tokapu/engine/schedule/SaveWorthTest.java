package dev.tokapu.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SaveWorthTest {

    private final SaveWorth worth = new SaveWorth();

    private int savedOf(int evictions) {
        int saved = 0;
        for (int i = 0; i < evictions; i++) {
            if (worth.savesNext()) {
                saved++;
                worth.saved();
            }
        }
        return saved;
    }

    @Test
    void savesNext_withoutAnyCost_isAlwaysTrue() {
        assertThat(savedOf(10_000)).isEqualTo(10_000);
    }

    @Test
    void savesNext_whenNothingIsRestored_becomesOneOfEight() {
        worth.needed(0.1);
        savedOf(1_000);
        assertThat(savedOf(800)).isEqualTo(100);
    }

    @Test
    void savesNext_whenTheSampleIsRestored_becomesAllAgain() {
        worth.needed(0.05);
        savedOf(1_000);
        for (int i = 0; i < 20; i++) {
            savedOf(8);
            worth.restored(1);
        }
        assertThat(savedOf(16)).isEqualTo(16);
    }

    @Test
    void savesNext_whenComputingIsFaster_isOneOfEight() {
        worth.needed(Double.MAX_VALUE);
        worth.restored(1);
        assertThat(savedOf(80)).isEqualTo(10);
    }
}
