package dev.tokapu.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Context;
import dev.tokapu.TestModels;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.text.TextStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Samplers written in Java with a state: what they are told of, and their copies. */
class CustomSamplerStateIT extends CustomSamplerFixture {

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
