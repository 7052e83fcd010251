package dev.tokapu.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tokapu.Batch;
import dev.tokapu.TestModels;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.exception.SamplerException;
import dev.tokapu.text.TextStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Samplers written in Java that fail, or do what they must not. */
class CustomSamplerFailureIT extends CustomSamplerFixture {

    @ParameterizedTest
    @ValueSource(strings = {"removeAll", "nan", "infinity", "maskAll", "index", "negative"})
    void apply_nonsense_failsTheCallAndNothingElse(String kind) {
        Consumer<TokenCandidates> nonsense = switch (kind) {
            case "removeAll" -> c -> c.removeIf((token, logit) -> true);
            case "nan" -> c -> c.setLogit(0, Float.NaN);
            case "infinity" -> c -> c.setLogit(0, Float.POSITIVE_INFINITY);
            case "maskAll" ->
                c -> {
                    for (int i = 0; i < c.size(); i++) {
                        c.setLogit(i, Float.NEGATIVE_INFINITY);
                    }
                };
            case "index" -> c -> c.select(c.size());
            default -> c -> c.token(-1);
        };
        boolean[] on = {true};
        CustomSampler sampler = c -> {
            if (on[0]) {
                nonsense.accept(c);
            }
        };
        try (SamplerChain chain = chain(sampler)) {
            assertThatExceptionOfType(SamplerException.class)
                    .isThrownBy(() -> chain.sample(context, -1))
                    .withMessageContaining("in a sampler in Java")
                    .satisfies(e -> assertThat(e.getCause())
                            .isInstanceOfAny(IllegalArgumentException.class, IndexOutOfBoundsException.class));
            on[0] = false;
            assertThat(chain.sample(context, -1)).isEqualTo(greedy());
        }
    }

    @Test
    void apply_selectorThatSelectsNothing_isTold() {
        CustomSampler lazy = new CustomSampler() {
            @Override
            public void apply(TokenCandidates candidates) {}

            @Override
            public boolean selects() {
                return true;
            }
        };
        try (SamplerChain chain = SamplerChain.of(model, lazy)) {
            assertThatExceptionOfType(SamplerException.class)
                    .isThrownBy(() -> chain.sample(context, -1))
                    .withMessageContaining("selected none");
        }
    }

    @Test
    void apply_thatThrows_isTheCause() {
        for (Throwable t :
                List.of(new IllegalStateException("mine"), new AssertionError("mine"), new OutOfMemoryError())) {
            try (SamplerChain chain = chain(c -> {
                if (t instanceof RuntimeException e) {
                    throw e;
                }
                throw (Error) t;
            })) {
                assertThatExceptionOfType(SamplerException.class)
                        .isThrownBy(() -> chain.sample(context, -1))
                        .withCause(t);
            }
        }
        assertThat(greedy()).isNotNegative();
    }

    @Test
    void candidates_afterTheCall_refuseUse() {
        TokenCandidates[] kept = new TokenCandidates[1];
        sampleOf(c -> kept[0] = c);
        assertThatIllegalStateException().isThrownBy(() -> kept[0].size()).withMessageContaining("over");
        assertThatIllegalStateException().isThrownBy(() -> kept[0].setLogit(0, 1));
        assertThatIllegalStateException().isThrownBy(() -> kept[0].removeIf((token, logit) -> true));
        assertThat(kept[0]).hasToString("TokenCandidates[over]");
    }

    @Test
    void apply_callingItsChainOrContext_isRefused() {
        List<Throwable> refusals = new ArrayList<>();
        SamplerChain[] self = new SamplerChain[1];
        List<Runnable> calls = List.of(
                () -> self[0].sample(context, -1),
                () -> self[0].reset(),
                () -> self[0].copy().close(),
                () -> context.outputs().logits(-1),
                () -> context.decode(new Batch(1).add(1, 50, 0, true)));
        self[0] = chain(c -> {
            for (Runnable call : calls) {
                try {
                    call.run();
                } catch (IllegalStateException e) {
                    refusals.add(e);
                }
            }
        });
        assertThat(self[0].sample(context, -1)).isEqualTo(greedy());
        assertThat(refusals)
                .hasSameSizeAs(calls)
                .allSatisfy(e -> assertThat(e).hasMessageContaining("sampler in Java"));
        self[0].close();
    }

    @Test
    void chat_samplerThatFailsOnce_goesOnWithTheNextMessage() {
        int[] calls = {0};
        CustomSampler failing = c -> {
            if (++calls[0] == 3) {
                throw new IllegalStateException("third time");
            }
        };
        ChatOptions options = ChatOptions.builder()
                .context(TestModels.small().build())
                .samplers(failing, Sampler.greedy())
                .maxTokens(6)
                .build();
        try (ChatSession chat = ChatSession.open(model, options)) {
            TextStream broken = chat.send("hello");
            assertThatExceptionOfType(SamplerException.class)
                    .isThrownBy(broken::text)
                    .withStackTraceContaining("third time");
            assertThat(chat.send("and again").text()).isNotEmpty();
        }
    }

    @Test
    void copy_thatFails_isTheCauseAndLeaksNothing() {
        long before = TestModels.settledHandles();
        CustomSampler single = new CustomSampler() {
            @Override
            public void apply(TokenCandidates candidates) {}

            @Override
            public CustomSampler copy() {
                throw new UnsupportedOperationException("one of its kind");
            }
        };
        try (SamplerChain chain = chain(single)) {
            assertThatExceptionOfType(SamplerException.class)
                    .isThrownBy(chain::copy)
                    .withCauseInstanceOf(UnsupportedOperationException.class);
            assertThat(chain.sample(context, -1)).isEqualTo(greedy());
        }
        assertThat(TestModels.liveHandles()).isEqualTo(before);
    }
}
