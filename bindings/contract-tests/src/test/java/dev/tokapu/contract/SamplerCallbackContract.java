package dev.tokapu.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.spi.CandidatesKey;
import dev.tokapu.spi.SamplerCallback;
import dev.tokapu.spi.SamplerCallbacks;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.BeforeEach;

/** What the tests of callbacks share: a chain with a callback, what it saw, and the check that no callback is left. */
abstract class SamplerCallbackContract extends Contract {

    static final byte[] NAME = utf8("mine");

    long model;
    long context;
    int vocabSize;
    int callbacksBefore;

    /** Candidates in Java, as a callback sees them. */
    final class Seen {
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
    static class Recorder implements SamplerCallback {

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

    long chain(SamplerCallback callback, int selects) {
        long[] chain = new long[1];
        ok(api.samplers().create(model, chain));
        ok(api.samplers().addCallback(chain[0], NAME, selects, callback));
        if (selects == 0) {
            ok(api.samplers().addGreedy(chain[0]));
        }
        return chain[0];
    }

    int sample(long chain) {
        int[] token = {-1};
        ok(api.samplers().sample(chain, context, -1, token));
        return token[0];
    }
}
