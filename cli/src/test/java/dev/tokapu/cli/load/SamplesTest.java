package dev.tokapu.cli.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SamplesTest {

    private static Samples of(long... values) {
        Samples samples = new Samples();
        for (long value : values) {
            samples.add(value);
        }
        return samples;
    }

    @Test
    void percentile_isAsNumpyHasIt() {
        Samples samples = of(40, 10, 30, 20);
        assertThat(samples.percentile(0)).isEqualTo(10);
        assertThat(samples.percentile(50)).isCloseTo(25, within(1e-9));
        assertThat(samples.percentile(90)).isCloseTo(37, within(1e-9));
        assertThat(samples.percentile(99)).isCloseTo(39.7, within(1e-9));
        assertThat(samples.percentile(100)).isEqualTo(40);
        assertThat(samples.mean()).isEqualTo(25);
        assertThat(samples.max()).isEqualTo(40);
    }

    @Test
    void none_areZero() {
        assertThat(of().count()).isZero();
        assertThat(of().mean()).isZero();
        assertThat(of().percentile(99)).isZero();
    }

    @Test
    void one_isEveryPercentile() {
        assertThat(of(7).percentile(1)).isEqualTo(7);
        assertThat(of(7).percentile(99)).isEqualTo(7);
    }

    @Test
    void valueAfterAPercentile_countsToo() {
        Samples samples = of(5);
        assertThat(samples.max()).isEqualTo(5);
        samples.add(3);
        samples.add(9);
        List<Long> all = new ArrayList<>();
        samples.forEachSorted(all::add);
        assertThat(all).containsExactly(3L, 5L, 9L);
    }

    @Test
    void manyValues_areAllKept() {
        Samples samples = new Samples();
        for (int i = 1000; i >= 0; i--) {
            samples.add(i);
        }
        assertThat(samples.count()).isEqualTo(1001);
        assertThat(samples.percentile(99)).isEqualTo(990);
    }
}
