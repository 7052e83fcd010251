package dev.tokapu.engine.draft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TimeTableTest {

    @Test
    void knowsWhatLiesBetweenSizesThatAreNear() {
        TimeTable times = new TimeTable(100);
        assertThat(times.nanos(3)).isZero();
        for (int i = 0; i < 2; i++) {
            times.measured(8, 5);
            times.measured(10, 7);
            times.measured(40, 22);
        }
        assertThat(times.isKnown(8)).isTrue();
        assertThat(times.isKnown(9)).isTrue();
        assertThat(times.nanos(9)).isEqualTo(6, within(1e-9));
        assertThat(times.isKnown(20)).isFalse();
        assertThat(times.least(20)).isEqualTo(7);
        assertThat(times.nanos(160)).as("by the root of the size").isEqualTo(44, within(1e-9));
        assertThat(times.isNear(12, 1.25)).isTrue();
        assertThat(times.isNear(13, 1.25)).isFalse();
        assertThat(times.isNear(34, 1.25)).isTrue();
    }

    @Test
    void fewSlowMeasurements_sayNothing_andOldOnesAreNotBelieved() {
        TimeTable times = new TimeTable(10);
        for (int i = 0; i < 5; i++) {
            times.measured(4, 100);
        }
        for (int i = 0; i < 2; i++) {
            times.measured(4, 1000);
            assertThat(times.nanos(4)).isEqualTo(100, within(1e-9));
        }
        times.measured(4, 1000);
        assertThat(times.nanos(4)).isGreaterThan(200);
        times.measured(4, 120);
        assertThat(times.nanos(4)).as("the slow ones were slow for a reason").isEqualTo(120, within(1e-9));
        times.measured(9, 100);
        for (int i = 0; i < 11; i++) {
            times.stepComputed();
        }
        times.measured(9, 100);
        assertThat(times.isKnown(4)).isFalse();
        assertThat(times.isKnown(9)).isTrue();
    }

    /** The first step of a shape may be slow: it is tried once more. */
    @Test
    void oneMeasurement_isNotTheLeast() {
        TimeTable times = new TimeTable(100);
        times.measured(8, 5);
        times.measured(8, 5);
        times.measured(9, 1000);
        assertThat(times.least(9)).isEqualTo(5);
        times.measured(9, 1000);
        assertThat(times.least(9)).isEqualTo(1000);
    }

    @Test
    void knowsTheSizesAroundEach_inWhateverOrderTheyWereMeasured() {
        TimeTable times = new TimeTable(100);
        for (int size : new int[] {40, 8, 900, 20}) {
            times.measured(size, size);
            times.measured(size, size);
        }
        for (int size = 8; size <= 900; size++) {
            assertThat(times.nanos(size)).isEqualTo(size, within(1e-9));
        }
        assertThat(times.least(39)).isEqualTo(20);
    }

    /** Whatever was measured of a size, also while something else computed, is tried again one day. */
    @Test
    void least_theOlderTheLess() {
        TimeTable times = new TimeTable(10);
        times.measured(9, 1000);
        times.measured(9, 1000);
        assertThat(times.least(9)).isEqualTo(1000);
        for (int i = 0; i < 15; i++) {
            times.stepComputed();
        }
        assertThat(times.least(9)).isEqualTo(500);
        for (int i = 0; i < 10; i++) {
            times.stepComputed();
        }
        assertThat(times.least(9)).isEqualTo(250);
    }
}
