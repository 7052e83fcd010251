package dev.tokapu.sampling;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A context with an output to sample from, and chains with one sampler in Java. */
abstract class CustomSamplerFixture {

    static Model model;
    static Context context;

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

    static void decode(Context context) {
        context.kvCache().clear();
        int[] tokens = model.vocab().tokenize("once upon a time");
        context.decode(new Batch(tokens.length).addAll(tokens, 0, 0));
    }

    static SamplerChain chain(CustomSampler sampler) {
        return SamplerChain.of(model, sampler, Sampler.greedy());
    }

    static int sampleOf(CustomSampler sampler) {
        try (SamplerChain chain = chain(sampler)) {
            return chain.sample(context, -1);
        }
    }

    static int greedy() {
        try (SamplerChain chain = SamplerChain.of(model, Sampler.greedy())) {
            return chain.sample(context, -1);
        }
    }
}
