package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static dev.tokapu.spi.Status.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.spi.SamplerCallback;
import dev.tokapu.spi.SamplerCallbacks;
import dev.tokapu.testsupport.AllocationMeter;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Samplers in Java: candidates out and in, events, failures, life. */
class SamplerCallbackContractIT extends SamplerCallbackContract {

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
        assertThat(AllocationMeter.leastBytes(0, loop))
                .as("bytes in 1000 tokens")
                .isZero();
        assertThat(failures[0]).isZero();
        ok(api.samplers().free(chain));
    }
}
