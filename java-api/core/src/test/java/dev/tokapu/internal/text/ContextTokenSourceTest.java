package dev.tokapu.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.FakeApi;
import dev.tokapu.LoraAdapter;
import dev.tokapu.LoraSet;
import dev.tokapu.Model;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.spi.Status;
import dev.tokapu.text.ContextShift;
import dev.tokapu.text.TokenPrompt;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ContextTokenSourceTest {

    private static final int[] PROMPT = {5, 6, 7, 8, 9};
    private static final int ACTIVATED = 2;

    private final FakeApi fake = new FakeApi().on("adapters.load", a -> {
        ((long[]) a[2])[0] = 1000;
        return 0;
    });

    /** Tokens that could not be removed are still those of the adapters that computed them. */
    @Test
    void start_removingFails_keepsWhatTokensWereComputedWith() {
        try (Model model = fake.model();
                Context context = model.newContext(ContextOptions.defaults());
                SamplerChain chain = SamplerChain.of(model, Sampler.greedy());
                LoraAdapter adapter = LoraAdapter.load(model, Path.of("adapter.gguf"))) {
            LoraSet set = LoraSet.of(adapter);
            SequenceTokens cached = new SequenceTokens();
            Arrays.stream(PROMPT).forEach(cached::add);
            cached.computedWith(new Activation(set, LoraSet.NONE, set, ACTIVATED));
            ContextTokenSource source = new ContextTokenSource(
                    context,
                    chain,
                    cached,
                    TokenPrompt.of(PROMPT),
                    new ContextShifter(context, ContextShift.none(), () -> 0));
            fake.fail("memory.seqRm", Status.ERROR_NATIVE, "no");
            assertThatThrownBy(source::start).hasMessageContaining("no");
            fake.on("memory.seqRm", a -> 0);
            assertThat(source.start()).isEqualTo(TokenSource.Step.OK);
            assertThat(source.cachedTokens()).isEqualTo(ACTIVATED);
            assertThat(cached.computedSo(Activation.NONE)).isEqualTo(Activation.NEVER);
        }
    }
}
