package dev.tokapu.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class ShrinkerTest {

    private int tries;

    private BitSet shrink(int count, int most, int... needed) {
        return Shrinker.shrink(count, most, some -> {
            tries++;
            boolean fails = true;
            for (int one : needed) {
                fails &= some.get(one);
            }
            return fails;
        });
    }

    @Test
    void shrink_leavesWhatIsNeeded() {
        assertThat(shrink(400, 10_000, 3, 17, 399).stream()).containsExactly(3, 17, 399);
        assertThat(tries).isLessThan(200);
        assertThat(shrink(1, 10, 0).stream()).containsExactly(0);
        assertThat(shrink(7, 100).stream()).isEmpty();
    }

    @Test
    void shrink_endsAfterItsTries_withAFailure() {
        assertThat(shrink(400, 3, 1, 399).stream()).contains(1, 399);
        assertThat(tries).isEqualTo(3);
    }
}
