package dev.tokapu.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MeanDirectionTest {

    private static final int WIDTH = 64;

    private static float[] random(Random random) {
        float[] values = new float[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        return values;
    }

    private static float[] negative(float[] values) {
        float[] negative = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            negative[i] = -values[i];
        }
        return negative;
    }

    @Test
    void unit_differencesThatCancel_isRefused() {
        Random random = new Random(1);
        for (int count : new int[] {1, 7, 1000}) {
            List<float[]> differences = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                float[] difference = random(random);
                differences.add(difference);
                differences.add(negative(difference));
            }
            Collections.shuffle(differences, random); // the sum is what rounding leaves
            MeanDirection direction = new MeanDirection(WIDTH);
            differences.forEach(difference -> direction.add(difference, 0));
            assertThatIllegalArgumentException()
                    .as("%d", count)
                    .isThrownBy(direction::unit)
                    .withMessageContaining("cancel one another out");
        }
    }

    @Test
    void unit_noise_hasALength() {
        Random random = new Random(2);
        MeanDirection direction = new MeanDirection(WIDTH);
        for (int i = 0; i < 10_000; i++) {
            direction.add(random(random), 0);
        }
        double squares = 0;
        for (float value : direction.unit()) {
            squares += value * value;
        }
        assertThat(squares).isBetween(0.999, 1.001);
    }
}
