package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A chain applied to given candidates. */
class SamplerApplyContractIT extends Contract {

    private long model;
    private int vocabSize;

    @BeforeEach
    void load() {
        model = model();
        vocabSize = vocabSize(model);
    }

    /** A call that adds one sampler to a chain. */
    @FunctionalInterface
    private interface Add {
        int to(long sampler);
    }

    private long chain(Add... adds) {
        long sampler = sampler(model);
        for (Add add : adds) {
            ok(add.to(sampler));
        }
        return sampler;
    }

    private int apply(long sampler, int[] tokens, float[] logits, int n, int[] left, int[] selected) {
        return api.samplers().apply(sampler, tokens, logits, new float[tokens.length], n, left, selected);
    }

    @Test
    void samplerApply_topKAndGreedy_keepsTheBestInOrder() {
        long sampler = chain(s -> api.samplers().addTopK(s, 2), api.samplers()::addGreedy);
        int[] tokens = {10, 11, 12, 13, 99};
        float[] logits = {1, 4, 2, 3, 99};
        int[] left = new int[1];
        int[] selected = new int[1];

        ok(apply(sampler, tokens, logits, 4, left, selected));

        assertThat(left[0]).isEqualTo(2);
        assertThat(selected[0]).isZero();
        assertThat(Arrays.copyOf(tokens, 2)).containsExactly(11, 13);
        assertThat(Arrays.copyOf(logits, 2)).containsExactly(4f, 3f);
        assertThat(tokens[4]).isEqualTo(99);
        assertThat(logits[4]).isEqualTo(99f);
    }

    @Test
    void samplerApply_dist_fillsProbabilities() {
        long sampler = chain(s -> api.samplers().addDist(s, 3));
        float[] probabilities = new float[3];
        int[] left = new int[1];
        int[] selected = {-7};
        ok(api.samplers()
                .apply(sampler, new int[] {10, 11, 12}, new float[] {1, 2, 3}, probabilities, 3, left, selected));
        assertThat(left[0]).isEqualTo(3);
        assertThat(selected[0]).isBetween(0, 2);
        assertThat(probabilities[0] + probabilities[1] + probabilities[2])
                .isCloseTo(1f, org.assertj.core.data.Offset.offset(1e-5f));
    }

    @Test
    void samplerApply_chainThatSelectsNothing_saysMinusOne() {
        int[] selected = new int[1];
        ok(apply(chain(s -> api.samplers().addTopK(s, 2)), new int[] {10, 11}, new float[2], 2, new int[1], selected));
        assertThat(selected[0]).isEqualTo(-1);
    }

    @Test
    void samplerApply_badCandidates_areRefused() {
        long s = chain(api.samplers()::addGreedy);
        int[] out = new int[1];
        refused(ERROR_ARGUMENT, apply(s, new int[1], new float[1], 0, out, out), "candidates is 0");
        refused(ERROR_ARGUMENT, apply(s, new int[1], new float[1], -1, out, out), "-1");
        refused(ERROR_ARGUMENT, apply(s, new int[] {-5}, new float[1], 1, out, out), "-5");
        refused(ERROR_ARGUMENT, apply(s, new int[] {vocabSize}, new float[1], 1, out, out), "" + vocabSize);
        refused(ERROR_ARGUMENT, apply(s, new int[1], new float[] {Float.NaN}, 1, out, out), "NaN");
        assertThatThrownBy(() -> apply(s, new int[1], new float[2], 2, out, out))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> apply(s, new int[2], new float[1], 2, out, out))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> api.samplers().apply(s, new int[2], new float[2], new float[1], 2, out, out))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
