package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TruncationLogTest {

    @Test
    void deepestSince_randomCuts_isTheMinimumOfTheLaterOnes() {
        Random random = new Random(5);
        for (int round = 0; round < 200; round++) {
            TruncationLog cuts = new TruncationLog();
            List<Integer> all = new ArrayList<>();
            List<Long> moments = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                moments.add(cuts.now());
                int position = random.nextInt(20);
                cuts.add(position);
                all.add(position);
            }
            moments.add(cuts.now());
            for (int i = 0; i < moments.size(); i++) {
                int expected = all.subList(i, all.size()).stream()
                        .mapToInt(p -> p)
                        .min()
                        .orElse(Integer.MAX_VALUE);
                assertThat(cuts.deepestSince(moments.get(i))).isEqualTo(expected);
            }
        }
    }
}
