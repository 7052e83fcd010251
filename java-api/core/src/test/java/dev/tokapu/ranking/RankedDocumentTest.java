package dev.tokapu.ranking;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RankedDocumentTest {

    private static final List<float[]> OUTPUTS =
            List.of(new float[] {0.5f}, new float[] {2, 9}, new float[] {-1}, new float[] {2});

    @Test
    void best_all_areInTheOrderOfTheFirstOutput() {
        assertThat(RankedDocument.best(OUTPUTS, 9))
                .extracting(RankedDocument::index)
                .containsExactly(1, 3, 0, 2);
    }

    @Test
    void best_nan_isLast() {
        List<float[]> outputs = List.of(
                new float[] {Float.NaN},
                new float[] {Float.NEGATIVE_INFINITY},
                new float[] {-Float.NaN},
                new float[] {1},
                new float[] {Float.NaN});
        assertThat(RankedDocument.best(outputs, 9))
                .extracting(RankedDocument::index)
                .containsExactly(3, 1, 0, 2, 4);
    }

    @Test
    void best_some_areTheFirstOnes() {
        assertThat(RankedDocument.best(OUTPUTS, 1)).containsExactly(new RankedDocument(1, 2));
    }
}
