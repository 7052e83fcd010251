package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static dev.tokapu.spi.Status.ERROR_BUSY;
import static dev.tokapu.spi.Status.ERROR_CALLBACK;
import static dev.tokapu.spi.Status.ERROR_HANDLE;
import static dev.tokapu.spi.Status.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.spi.CandidatesKey;
import dev.tokapu.spi.SamplerCallback;
import dev.tokapu.spi.SamplerCallbacks;
import dev.tokapu.testsupport.AllocationMeter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Samplers in Java: candidates out and in, events, failures, life. */
class SamplerCallbackContractIT extends Contract {

    private static final byte[] NAME = utf8("mine");

    private long model;
    private long context;
    private int vocabSize;
    private int callbacksBefore;

    /** Candidates in Java, as a callback sees them. */
    private final class Seen {
        final int[] tokens = new int[vocabSize];
        final float[] logits = new float[vocabSize];
        final float[] probabilities = new float[vocabSize];
        final int[] state = new int[CandidatesKey.COUNT];

        int get() {
            return api.samplers().candidates(tokens, logits, probabilities, state);
        }

        int set() {
            return api.samplers().setCandidates(tokens, logits, probabilities, state);
        }

        void keepOnly(int token) {
            tokens[0] = token;
            logits[0] = 1;
            state[CandidatesKey.N] = 1;
            state[CandidatesKey.SELECTED] = 0;
        }
    }

    /** Remembers its events. */
    private static class Recorder implements SamplerCallback {

        final List<String> events = new ArrayList<>();
        final IntConsumer work;

        Recorder(IntConsumer work) {
            this.work = work;
        }

        @Override
        public void apply(int n) {
            events.add("apply " + n);
            work.accept(n);
        }

        @Override
        public void accept(int token) {
            events.add("accept " + token);
        }

        @Override
        public void reset() {
            events.add("reset");
        }

        @Override
        public SamplerCallback copy() {
            events.add("copy");
            return new Recorder(work);
        }
    }

    @BeforeEach
    void decode() {
        callbacksBefore = SamplerCallbacks.size();
        cleanup(() -> assertThat(SamplerCallbacks.size())
                .as("callbacks after the test")
                .isEqualTo(callbacksBefore));
        model = model();
        context = context(model);
        vocabSize = vocabSize(model);
        ok(decodeTokens(context, tokenize(model, "the ring")));
    }

    private long chain(SamplerCallback callback, int selects) {
        long[] chain = new long[1];
        ok(api.samplers().create(model, chain));
        ok(api.samplers().addCallback(chain[0], NAME, selects, callback));
        if (selects == 0) {
            ok(api.samplers().addGreedy(chain[0]));
        }
        return chain[0];
    }

    private int sample(long chain) {
        int[] token = {-1};
        ok(api.samplers().sample(chain, context, -1, token));
        return token[0];
    }

    @Test
    void apply_candidates_areThoseOfTheModel() {
        Seen seen = new Seen();
        Recorder recorder = new Recorder(n -> ok(seen.get()));
        long chain = chain(recorder, 0);

        int token = sample(chain);

        assertThat(seen.tokens).isEqualTo(IntStream.range(0, vocabSize).toArray());
        assertThat(seen.logits).isEqualTo(logits(context, -1, vocabSize));
        assertThat(seen.state).containsExactly(vocabSize, -1, 0);
        assertThat(recorder.events).containsExactly("apply " + vocabSize, "accept " + token);
        assertThat(token).isEqualTo(argmax(seen.logits));
        ok(api.samplers().reset(chain));
        assertThat(recorder.events).last().isEqualTo("reset");
        ok(api.samplers().free(chain));
    }

    @Test
    void apply_changes_reachTheRestOfTheChain() {
        Seen seen = new Seen();
        long chain = chain(
                new Recorder(n -> {
                    ok(seen.get());
                    Arrays.fill(seen.logits, 0);
                    seen.logits[17] = 5;
                    ok(seen.set());
                }),
                0);
        assertThat(sample(chain)).isEqualTo(17);
        ok(api.samplers().free(chain));

        long selecting = chain(
                new Recorder(n -> {
                    ok(seen.get());
                    seen.keepOnly(23);
                    ok(seen.set());
                }),
                1);
        assertThat(sample(selecting)).isEqualTo(23);
        ok(api.samplers().free(selecting));
    }

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
    void clone_givesTheCopyItsOwnCallback() {
        Recorder recorder = new Recorder(n -> {});
        long chain = chain(recorder, 0);
        long[] clone = new long[1];
        ok(api.samplers().clone(chain, clone));
        assertThat(SamplerCallbacks.size()).isEqualTo(callbacksBefore + 2);
        sample(clone[0]);
        assertThat(recorder.events).containsExactly("copy");
        ok(api.samplers().free(chain));
        ok(api.samplers().free(clone[0]));
        assertThat(SamplerCallbacks.size()).isEqualTo(callbacksBefore);
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

    @Test
    void acceptPrompt_grammarAndCallback_doNotSeeIt() {
        Recorder recorder = new Recorder(n -> {});
        long chain = sampler(model);
        ok(api.samplers().addCallback(chain, NAME, 0, recorder));
        ok(api.samplers().addPenalties(chain, 8, 1.1f, 0, 0));
        ok(api.samplers().addGrammar(chain, utf8("root ::= \"yes\""), utf8("root")));
        ok(api.samplers().addGreedy(chain));
        int[] tokens = tokenize(model, "no");
        ok(api.samplers().acceptPrompt(chain, tokens, tokens.length));
        assertThat(recorder.events).isEmpty();
        sample(chain);
        refused(ERROR_ARGUMENT, api.samplers().acceptPrompt(chain, new int[] {vocabSize}, 1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> api.samplers().acceptPrompt(chain, tokens, tokens.length + 1));
    }

    @Test
    void sample_warm_allocatesNothing() {
        Seen seen = new Seen();
        int[] failures = {0};
        SamplerCallback callback = new SamplerCallback() {
            @Override
            public void apply(int n) {
                int status = seen.get();
                seen.logits[3] += 1;
                failures[0] += status == OK && seen.set() == OK ? 0 : 1;
            }

            @Override
            public void accept(int token) {}

            @Override
            public void reset() {}

            @Override
            public SamplerCallback copy() {
                return this;
            }
        };
        long chain = chain(callback, 0);
        int[] token = new int[1];
        Runnable loop = () -> {
            for (int i = 0; i < 1000; i++) {
                failures[0] += api.samplers().sample(chain, context, -1, token) == OK ? 0 : 1;
            }
        };
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 20 && best > 0; round++) {
            best = Math.min(best, AllocationMeter.allocatedBytes(loop));
        }
        assertThat(best).as("bytes in 1000 tokens").isZero();
        assertThat(failures[0]).isZero();
        ok(api.samplers().free(chain));
    }
}
