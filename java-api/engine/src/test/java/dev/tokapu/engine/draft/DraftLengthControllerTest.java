package dev.tokapu.engine.draft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DraftLengthControllerTest {

    @Test
    void verified_allRight_doublesUpToTheMost() {
        DraftLengthController length = new DraftLengthController(8);
        assertThat(length.next()).isEqualTo(2);
        length.verified(2);
        assertThat(length.next()).isEqualTo(4);
        length.verified(4);
        length.verified(length.next());
        assertThat(length.next()).isEqualTo(8);
    }

    @Test
    void verified_someRight_isTwiceThose() {
        DraftLengthController length = new DraftLengthController(64);
        length.verified(3);
        assertThat(length.next()).isEqualTo(6);
        length.verified(1);
        assertThat(length.next()).isEqualTo(2);
    }

    @Test
    void verified_neverRight_pausesLongerAndLonger() {
        DraftLengthController length = new DraftLengthController(8);
        int drafted = 0;
        for (int token = 0; token < 1000; token++) {
            int next = length.next();
            if (next > 0) {
                length.verified(0);
                drafted += next;
            }
        }
        assertThat(drafted).isLessThan(40);
    }

    @Test
    void verified_rightAfterAPause_pausesShortlyAgain() {
        DraftLengthController length = new DraftLengthController(8);
        for (int i = 0; i < 100; i++) {
            if (length.next() > 0) {
                length.verified(0);
            }
        }
        int waited = 0;
        while (length.next() == 0) {
            waited++;
        }
        assertThat(waited).isGreaterThan(1);
        length.verified(1);
        assertThat(length.next()).isEqualTo(2);
        length.verified(0);
        assertThat(length.next()).isZero();
        assertThat(length.next()).isEqualTo(1);
    }

    @Test
    void next_mostOfOne_isOne() {
        assertThat(new DraftLengthController(1).next()).isEqualTo(1);
    }
}
