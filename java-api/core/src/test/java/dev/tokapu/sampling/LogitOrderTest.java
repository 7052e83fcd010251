package dev.tokapu.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogitOrderTest {

    private static List<Integer> order(LogitOrder order, float... logits) {
        long[] indexes = order.of(logits, logits.length);
        return IntStream.range(0, logits.length)
                .map(i -> (int) indexes[i])
                .boxed()
                .toList();
    }

    @Test
    void of_specialValues_fall() {
        float[] logits = {
            -1, Float.NEGATIVE_INFINITY, 0f, -0f, Float.MAX_VALUE, 1, Float.MIN_VALUE, -Float.MAX_VALUE, -1, 1
        };
        assertThat(order(new LogitOrder(), logits)).containsExactly(4, 5, 9, 6, 2, 3, 0, 8, 7, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 100, 50_000})
    void of_randomValues_isTheOrderOfAComparator(int n) {
        Random random = new Random(n);
        LogitOrder order = new LogitOrder();
        for (int round = 0; round < 3; round++) {
            float[] logits = new float[n];
            for (int i = 0; i < n; i++) {
                logits[i] = (float) random.nextGaussian() * (i % 7 == 0 ? 1e20f : 1);
            }
            List<Integer> expected = IntStream.range(0, n)
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer i) -> -logits[i]))
                    .toList();
            assertThat(order(order, logits)).isEqualTo(expected);
        }
    }
}
