package dev.tokapu.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadSpeedTest {

    private final ReadSpeed speed = new ReadSpeed();

    @Test
    void isSlower_beforeAnythingWasRead_isFalse() {
        assertThat(speed.isSlower(Long.MAX_VALUE, 1)).isFalse();
    }

    @Test
    void isSlower_whenTheOtherIsNotKnown_isFalse() {
        speed.read(1, 1_000_000);
        assertThat(speed.isSlower(1_000, 0)).isFalse();
    }

    @Test
    void isSlower_afterARead_comparesWithItsSpeed() {
        speed.read(1_000, 10_000);
        assertThat(speed.isSlower(500, 5_001)).isFalse();
        assertThat(speed.isSlower(500, 4_999)).isTrue();
    }

    @Test
    void isSlower_askedAgainAndAgain_triesInTheEnd() {
        speed.read(1_000, 10_000);
        int times = 0;
        while (speed.isSlower(1_000, 5_000)) {
            times++;
        }
        assertThat(times).isBetween(1, 20);
    }
}
