package dev.tokapu.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Context;
import dev.tokapu.TestModels;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Samplers written in Java, in chains with others. */
class CustomSamplerIT extends CustomSamplerFixture {

    @Test
    void sample_doingNothing_isAsWithout() {
        for (int seed = 1; seed < 20; seed++) {
            Dist dist = Sampler.dist(seed);
            try (SamplerChain with = SamplerChain.of(model, Sampler.topK(9), Sampler.custom(c -> {}), dist);
                    SamplerChain without = SamplerChain.of(model, Sampler.topK(9), dist)) {
                assertThat(with.sample(context, -1)).isEqualTo(without.sample(context, -1));
            }
        }
    }

    @Test
    void sample_ownGreedy_isTheLargestLogit() {
        CustomSampler own = new CustomSampler() {
            @Override
            public void apply(TokenCandidates candidates) {
                int best = 0;
                for (int i = 1; i < candidates.size(); i++) {
                    best = candidates.logit(i) > candidates.logit(best) ? i : best;
                }
                candidates.select(best);
            }

            @Override
            public boolean selects() {
                return true;
            }
        };
        try (SamplerChain chain = SamplerChain.of(model, own)) {
            assertThat(chain.sample(context, -1)).isEqualTo(greedy());
        }
    }

    @Test
    void apply_everyChange_reachesTheNextSampler() {
        int likeliest = greedy();
        assertThat(sampleOf(c -> c.setLogit(c.indexOf(77), 1000))).isEqualTo(77);
        assertThat(sampleOf(c -> c.removeIf((token, logit) -> token == likeliest)))
                .isNotEqualTo(likeliest);
        assertThat(sampleOf(c -> c.removeIf((token, logit) -> token != 77))).isEqualTo(77);
        assertThat(sampleOf(c -> {
                    c.swap(0, c.indexOf(77));
                    c.truncate(1);
                }))
                .isEqualTo(77);
        List<Integer> firsts = new ArrayList<>();
        sampleOf(c -> {
            c.sort();
            firsts.add(c.token(0));
            assertThat(c.isSorted()).isTrue();
            for (int i = 1; i < c.size(); i++) {
                assertThat(c.logit(i)).isLessThanOrEqualTo(c.logit(i - 1));
            }
        });
        assertThat(firsts).containsExactly(likeliest);
    }

    @Test
    void apply_sorting_keepsEachTokensNumbers() {
        float[] logits = context.outputs().logits(-1);
        sampleOf(c -> {
            c.computeProbabilities();
            float[] before = new float[c.size()];
            for (int i = 0; i < c.size(); i++) {
                before[c.token(i)] = c.probability(i);
            }
            c.select(5);
            int selected = c.token(5);
            c.sort();
            assertThat(c.token(c.selected().orElseThrow())).isEqualTo(selected);
            double sum = 0;
            for (int i = 0; i < c.size(); i++) {
                assertThat(c.logit(i)).isEqualTo(logits[c.token(i)]);
                assertThat(c.probability(i)).isEqualTo(before[c.token(i)]);
                sum += c.probability(i);
            }
            assertThat(sum).isBetween(0.999, 1.001);
        });
    }

    @Test
    void apply_behindTopK_seesItsCandidatesSorted() {
        List<Integer> sizes = new ArrayList<>();
        CustomSampler watch = c -> {
            sizes.add(c.size());
            assertThat(c.isSorted()).isTrue();
        };
        try (SamplerChain chain = SamplerChain.of(model, Sampler.topK(7), watch, Sampler.greedy())) {
            assertThat(chain.sample(context, -1)).isEqualTo(greedy());
            SamplerResult left = chain.apply(context.outputs().logits(-1));
            assertThat(left.size()).isEqualTo(7);
        }
        assertThat(sizes).containsExactly(7, 7);
    }

    @Test
    void apply_callingAnotherChainAndContext_works() {
        try (Context other = model.newContext(TestModels.small().build());
                SamplerChain inner = chain(c -> c.removeIf((token, logit) -> token != 44))) {
            decode(other);
            List<Integer> seen = new ArrayList<>();
            assertThat(sampleOf(c -> {
                        seen.add(inner.sample(other, -1));
                        seen.add(model.vocab().tokenize("x").length);
                        c.removeIf((token, logit) -> token != 55);
                    }))
                    .isEqualTo(55);
            assertThat(seen).hasSize(2).first().isEqualTo(44);
        }
    }

    @Test
    void apply_closingItsChainAndContext_isSafe() {
        long before = TestModels.settledHandles();
        Context own = model.newContext(TestModels.small().build());
        decode(own);
        SamplerChain[] self = new SamplerChain[1];
        self[0] = chain(c -> {
            self[0].close();
            own.close();
        });
        assertThat(self[0].sample(own, -1)).isNotNegative();
        assertThat(self[0].isClosed()).isTrue();
        assertThat(TestModels.liveHandles()).isEqualTo(before);
    }
}
