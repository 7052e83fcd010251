package dev.tokapu.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.tokapu.ContextOptions;
import dev.tokapu.Pooling;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimilarityTest {

    private static final float[] X = {3, 0};
    private static final float[] Y = {0, 2};
    private static final float[] BOTH = {1, 1};

    @Test
    void cosine_isThatOfTheAngle() {
        assertThat(Similarity.cosine(X, X)).isEqualTo(1);
        assertThat(Similarity.cosine(X, Y)).isZero();
        assertThat(Similarity.cosine(X, new float[] {-1, 0})).isEqualTo(-1);
        assertThat(Similarity.cosine(X, BOTH)).isCloseTo(Math.sqrt(0.5), within(1e-12));
        assertThat(Similarity.cosine(X, new float[2])).isZero();
    }

    @Test
    void cosine_otherSizes_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Similarity.cosine(X, new float[3]))
                .withMessageContaining("2 and 3 dimensions");
    }

    @Test
    void maxSim_sumsTheBestOfEach() {
        assertThat(Similarity.maxSim(List.of(X, Y), List.of(BOTH, X))).isCloseTo(1 + Math.sqrt(0.5), within(1e-12));
        assertThat(Similarity.maxSim(List.of(), List.of(X))).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> Similarity.maxSim(List.of(X), List.of()));
    }

    @Test
    void options_areValues() {
        EmbedderOptions options = EmbedderOptions.builder()
                .pooling(Pooling.CLS)
                .normalized(false)
                .dimensions(64)
                .queryPrefix("q: ")
                .documentPrefix("d: ")
                .longTexts(LongTexts.SPLIT)
                .build();
        assertThat(options.toBuilder().build()).isEqualTo(options).hasSameHashCodeAs(options);
        assertThat(options.context())
                .isEqualTo(ContextOptions.builder().pooling(Pooling.CLS).build());
        assertThat(options).isNotEqualTo(EmbedderOptions.defaults());
        assertThat(options.toString()).contains("dimensions=64", "queryPrefix=q: ", "longTexts=SPLIT");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EmbedderOptions.builder().dimensions(-1).build())
                .withMessageContaining("dimensions is -1");
    }
}
