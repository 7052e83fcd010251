package dev.tokapu.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.exception.SamplerException;
import dev.tokapu.text.TextStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Samplers written in Java, in chains with others. */
class CustomSamplerIT {

    private static Model model;
    private static Context context;

    /** Counts, and copies its count. */
    private static final class Counter implements CustomSampler {
        final List<String> events;

        Counter(List<String> events) {
            this.events = events;
        }

        @Override
        public void apply(TokenCandidates candidates) {
            events.add("apply " + candidates.size());
        }

        @Override
        public void accept(int token) {
            events.add("accept " + token);
        }

        @Override
        public void prompt(int[] tokens) {
            events.add("prompt " + tokens.length);
        }

        @Override
        public void reset() {
            events.add("reset");
        }

        @Override
        public CustomSampler copy() {
            return new Counter(new ArrayList<>(events));
        }
    }

    @BeforeAll
    static void load() {
        model = TestModels.tiny();
        context = model.newContext(TestModels.small().build());
    }

    @AfterAll
    static void close() {
        context.close();
        model.close();
    }

    @BeforeEach
    void decode() {
        decode(context);
    }

    private static void decode(Context context) {
        context.kvCache().clear();
        int[] tokens = model.vocab().tokenize("once upon a time");
        context.decode(new Batch(tokens.length).addAll(tokens, 0, 0));
    }

    private static SamplerChain chain(CustomSampler sampler) {
        return SamplerChain.of(model, sampler, Sampler.greedy());
    }

    private static int sampleOf(CustomSampler sampler) {
        try (SamplerChain chain = chain(sampler)) {
            return chain.sample(context, -1);
        }
    }

    private static int greedy() {
        try (SamplerChain chain = SamplerChain.of(model, Sampler.greedy())) {
            return chain.sample(context, -1);
        }
    }

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
        long before = TestModels.liveHandles();
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
    void events_reachTheSampler() {
        List<String> events = new ArrayList<>();
        try (SamplerChain chain = chain(new Counter(events))) {
            chain.acceptPrompt(5, 6, 7);
            int token = chain.sample(context, -1);
            chain.accept(9);
            chain.reset();
            assertThat(events)
                    .containsExactly(
                            "prompt 3", "apply " + model.vocab().size(), "accept " + token, "accept 9", "reset");
        }
    }

    @Test
    void copy_isIndependent() {
        Counter original = new Counter(new ArrayList<>());
        try (SamplerChain chain = chain(original)) {
            chain.accept(9);
            try (SamplerChain copy = chain.copy()) {
                Counter copied = (Counter) copy.samplers().get(0);
                assertThat(copied).isNotSameAs(original);
                copy.accept(10);
                chain.accept(11);
                assertThat(copied.events).containsExactly("accept 9", "accept 10");
                assertThat(original.events).containsExactly("accept 9", "accept 11");
            }
            chain.accept(12);
        }
    }

    @Test
    void copy_thatFails_isTheCauseAndLeaksNothing() {
        long before = TestModels.liveHandles();
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

    @Test
    void attach_staysOnTheCpuFromThereOn() {
        List<String> events = new ArrayList<>();
        try (Context own = model.newContext(
                        TestModels.small().outputsMaxPerSequence(1).build());
                SamplerChain chain = SamplerChain.of(model, Sampler.topK(6), new Counter(events), Sampler.greedy())) {
            assertThat(chain.attach(own, 0)).isEqualTo(OnDevice.PART);
            decode(own);
            assertThat(chain.sample(own, -1)).isEqualTo(greedy());
            assertThat(events).first().isEqualTo("apply 6");
            SamplerChain.detach(own, 0);
            chain.reset();
            assertThat(events).last().isEqualTo("reset");
        }
    }

    @Test
    void logits_processor_seesPromptAndGeneratedTokens() {
        List<String> seen = new ArrayList<>();
        LogitsProcessor processor = (tokens, candidates) -> {
            seen.add(tokens.promptSize() + "+" + tokens.generatedSize());
            if (tokens.generatedSize() > 0) {
                candidates.setLogit(candidates.indexOf(tokens.last()), Float.NEGATIVE_INFINITY);
            }
        };
        CompletionOptions options = CompletionOptions.builder()
                .context(TestModels.small().build())
                .samplers(Sampler.customLogits(processor), Sampler.greedy())
                .maxTokens(4)
                .build();
        int prompt = model.vocab().tokenize("aaa").length;
        for (int round = 0; round < 2; round++) {
            seen.clear();
            try (TextStream completion = Completion.of(model, "aaa", options)) {
                completion.text();
                int[] tokens = completion.tokens();
                for (int i = 1; i < tokens.length; i++) {
                    assertThat(tokens[i]).isNotEqualTo(tokens[i - 1]);
                }
            }
            assertThat(seen).startsWith(prompt + "+0", prompt + "+1");
        }
    }

    @Test
    void logits_copy_hasItsOwnTokens() {
        List<Integer> sizes = new ArrayList<>();
        try (SamplerChain chain = SamplerChain.of(
                model, Sampler.customLogits((tokens, candidates) -> sizes.add(tokens.size())), Sampler.greedy())) {
            chain.accept(5);
            try (SamplerChain copy = chain.copy()) {
                copy.accept(6);
                copy.sample(context, -1);
            }
            chain.sample(context, -1);
        }
        assertThat(sizes).containsExactly(2, 1);
    }
}
