package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.sampling.Sampler;
import java.util.List;
import org.junit.jupiter.api.Test;

class BranchSeedsTest {

    private static final List<Sampler> SEEDED = List.of(
            Sampler.topK(40),
            Sampler.xtc(0.5f, 0.1f, 7),
            Sampler.dist(7),
            Sampler.mirostat(7, 5, 0.1f),
            Sampler.mirostatV2(7, 5, 0.1f),
            Sampler.adaptiveP(0.5f, 0.9f, 7),
            Sampler.modelDefaults(7));

    @Test
    void of_firstAnswer_isTheRequestsOwn() {
        assertThat(BranchSeeds.of(SEEDED, 0)).isSameAs(SEEDED);
    }

    @Test
    void of_furtherAnswer_differsWhereThereIsASeed() {
        List<Sampler> further = BranchSeeds.of(SEEDED, 2);
        assertThat(further).hasSameSizeAs(SEEDED).isEqualTo(BranchSeeds.of(SEEDED, 2));
        assertThat(further.get(0)).isEqualTo(SEEDED.get(0));
        assertThat(further.get(1)).isEqualTo(Sampler.xtc(0.5f, 0.1f, 9));
        assertThat(further.get(2)).isEqualTo(Sampler.dist(9));
        assertThat(further.get(3)).isEqualTo(Sampler.mirostat(9, 5, 0.1f));
        assertThat(further.get(4)).isEqualTo(Sampler.mirostatV2(9, 5, 0.1f));
        assertThat(further.get(5)).isEqualTo(Sampler.adaptiveP(0.5f, 0.9f, 9));
        assertThat(further.get(6)).isEqualTo(Sampler.modelDefaults(9));
    }

    @Test
    void of_anySeed_staysAny() {
        assertThat(BranchSeeds.of(List.of(Sampler.dist(Sampler.RANDOM_SEED)), 1))
                .containsExactly(Sampler.dist(Sampler.RANDOM_SEED));
        assertThat(BranchSeeds.of(List.of(Sampler.dist(Sampler.RANDOM_SEED - 1)), 1))
                .isNotEqualTo(List.of(Sampler.dist(Sampler.RANDOM_SEED)));
    }
}
