package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static dev.tokapu.spi.Status.ERROR_BUSY;
import static dev.tokapu.spi.Status.ERROR_CALLBACK;
import static dev.tokapu.spi.Status.ERROR_HANDLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.spi.CandidatesKey;
import dev.tokapu.spi.SamplerCallback;
import dev.tokapu.spi.SamplerCallbacks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Callbacks of samplers that fail, or do what they must not. */
class SamplerCallbackFailureContractIT extends SamplerCallbackContract {

    @Test
    void apply_nonsense_isRefusedWhereItIsSaid() {
        Seen seen = new Seen();
        List<Runnable> nonsense = List.of(
                () -> seen.state[CandidatesKey.N] = 0,
                () -> seen.state[CandidatesKey.N] = -1,
                () -> seen.state[CandidatesKey.SELECTED] = vocabSize,
                () -> seen.state[CandidatesKey.SELECTED] = -2,
                () -> seen.tokens[3] = vocabSize,
                () -> seen.tokens[3] = -1,
                () -> seen.logits[3] = Float.NaN,
                () -> seen.logits[3] = Float.POSITIVE_INFINITY,
                () -> Arrays.fill(seen.logits, Float.NEGATIVE_INFINITY),
                () -> {
                    seen.logits[1] = seen.logits[0] + 1;
                    seen.state[CandidatesKey.SORTED] = 1;
                });
        int[] step = {0};
        long chain = chain(
                new Recorder(n -> {
                    ok(seen.get());
                    nonsense.get(step[0]).run();
                    refused(ERROR_ARGUMENT, seen.set());
                }),
                0);
        long clean = sampler(model);
        ok(api.samplers().addGreedy(clean));
        for (step[0] = 0; step[0] < nonsense.size(); step[0]++) {
            assertThat(sample(chain)).as("nonsense changes nothing").isEqualTo(sample(clean));
        }
        ok(api.samplers().free(chain));
    }

    @Test
    void candidates_tooShortArrays_throwBeforeTheCall() {
        Seen seen = new Seen();
        List<Throwable> thrown = new ArrayList<>();
        long chain = chain(
                new Recorder(n -> {
                    ok(seen.get());
                    seen.state[CandidatesKey.N] = vocabSize + 1;
                    try {
                        seen.set();
                    } catch (IndexOutOfBoundsException e) {
                        thrown.add(e);
                    }
                }),
                0);
        sample(chain);
        assertThat(thrown).hasSize(1);
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> api.samplers().candidates(new int[1], new float[1], new float[1], new int[2]));
        ok(api.samplers().free(chain));
    }

    @Test
    void candidates_outsideOfACallback_isAnError() {
        Seen seen = new Seen();
        refused(ERROR_ARGUMENT, seen.get(), "not inside of a sampler callback");
        seen.keepOnly(1);
        refused(ERROR_ARGUMENT, seen.set(), "not inside of a sampler callback");
    }

    @Test
    void callback_thatThrows_failsTheCallAndPoisonsNothing() {
        Throwable[] next = {null};
        Recorder recorder = new Recorder(n -> {
            if (next[0] instanceof RuntimeException e) {
                throw e;
            }
            if (next[0] instanceof Error e) {
                throw e;
            }
        });
        long chain = chain(recorder, 0);
        int[] token = {-1};
        for (Throwable t :
                List.of(new IllegalStateException("no"), new AssertionError("no"), new StackOverflowError())) {
            next[0] = t;
            refused(ERROR_CALLBACK, api.samplers().sample(chain, context, -1, token), "'mine'");
        }
        next[0] = null;
        assertThat(token[0]).isEqualTo(-1);
        assertThat(sample(chain)).isNotNegative();
        ok(api.samplers().free(chain));
    }

    @Test
    void callback_thatCallsItsChainOrContext_isTold() {
        int[] out = new int[2];
        List<Integer> answers = new ArrayList<>();
        long[] chain = new long[1];
        chain[0] = chain(
                new Recorder(n -> {
                    answers.add(api.samplers().sample(chain[0], context, -1, out));
                    answers.add(api.samplers().reset(chain[0]));
                    answers.add(api.samplers().clone(chain[0], new long[1]));
                    answers.add(decodeTokens(context, 1));
                    answers.add(api.contexts().logits(context, -1, new float[vocabSize]));
                }),
                0);
        sample(chain[0]);
        assertThat(answers).hasSize(5).containsOnly(ERROR_BUSY);
        ok(api.samplers().free(chain[0]));
    }

    @Test
    void callback_thatFreesItsChain_isSafe() {
        long[] chain = new long[1];
        Recorder recorder = new Recorder(n -> ok(api.samplers().free(chain[0])));
        chain[0] = chain(recorder, 0);
        int token = sample(chain[0]);
        assertThat(recorder.events).containsExactly("apply " + vocabSize, "accept " + token);
        assertThat(SamplerCallbacks.size()).isEqualTo(callbacksBefore);
        refused(ERROR_HANDLE, api.samplers().reset(chain[0]));
    }

    @Test
    void clone_callbackThatCannot_failsAndLeavesTheOriginal() {
        Recorder recorder = new Recorder(n -> {}) {
            @Override
            public SamplerCallback copy() {
                throw new UnsupportedOperationException("only one");
            }
        };
        long chain = chain(recorder, 0);
        refused(ERROR_CALLBACK, api.samplers().clone(chain, new long[1]), "copy itself");
        assertThat(sample(chain)).isNotNegative();
        ok(api.samplers().free(chain));
    }

    @Test
    void add_refused_forgetsTheCallback() {
        Recorder recorder = new Recorder(n -> {});
        refused(ERROR_HANDLE, api.samplers().addCallback(0, NAME, 0, recorder));
        long chain = sampler(model);
        refused(ERROR_ARGUMENT, api.samplers().addCallback(chain, new byte[0], 0, recorder));
        refused(ERROR_ARGUMENT, api.samplers().addCallback(chain, NAME, 7, recorder));
        assertThat(SamplerCallbacks.size()).isEqualTo(callbacksBefore);
    }
}
