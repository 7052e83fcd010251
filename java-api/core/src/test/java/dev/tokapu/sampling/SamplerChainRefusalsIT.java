package dev.tokapu.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import dev.tokapu.exception.GrammarException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a chain refuses, and that it stays usable. */
class SamplerChainRefusalsIT {

    @TinyModel
    private static Model model;

    private static Context context;

    @BeforeAll
    static void load() {
        context = model.newContext(TestModels.small().build());
    }

    @AfterAll
    static void close() {
        context.close();
    }

    @BeforeEach
    void decode() {
        context.kvCache().clear();
        int[] tokens = model.vocab().tokenize("once upon a time");
        context.decode(new Batch(tokens.length).addAll(tokens, 0, 0));
    }

    @Test
    void create_malformedGrammar_throwsAndLeaksNothing() {
        long before = TestModels.settledHandles();
        assertThatExceptionOfType(GrammarException.class)
                .isThrownBy(() -> SamplerChain.of(model, Sampler.grammar("root ::= nothing"), Sampler.greedy()));
        assertThatExceptionOfType(GrammarException.class)
                .isThrownBy(() -> SamplerChain.of(model, Sampler.grammar("this is ::= ( no"), Sampler.greedy()));
        assertThat(TestModels.liveHandles()).isEqualTo(before);
    }

    @Test
    void create_longMalformedGrammar_isNotToldWhole() {
        String rules = "# " + "x".repeat(5000) + "\nroot := \"a\"";
        assertThatExceptionOfType(GrammarException.class)
                .isThrownBy(() -> SamplerChain.of(model, Sampler.grammar(rules), Sampler.greedy()))
                .withMessageContaining("line 2, column 6: expected ::=, at ':= \"a\"'")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
    }

    @Test
    void create_badChains_throw() {
        assertThatIllegalArgumentException().isThrownBy(() -> SamplerChain.of(model));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SamplerChain.of(model, Sampler.greedy(), Sampler.topK(3)))
                .withMessageContaining("must be the last");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SamplerChain.of(model, Sampler.logitBias(Map.of(99999, 1f)), Sampler.greedy()))
                .withMessageContaining("99999");
    }

    @Test
    void sample_badUse_throws() {
        SamplerChain chain = SamplerChain.of(model, Sampler.topK(3));
        assertThatIllegalStateException()
                .isThrownBy(() -> chain.sample(context, -1))
                .withMessageContaining("selects no token");
        assertThatIllegalArgumentException().isThrownBy(() -> chain.accept(-1)).withMessageContaining("-1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> chain.apply(new int[] {100_000}, new float[1]))
                .withMessageContaining("100000");
        chain.close();
        chain.close();
        assertThatIllegalStateException().isThrownBy(() -> chain.accept(1)).withMessageContaining("closed");
        assertThat(chain.toString()).contains("closed");
    }

    @Test
    void sample_outputThatWasNotAskedFor_throws() {
        int[] tokens = model.vocab().tokenize("abc");
        context.kvCache().clear();
        context.decode(new Batch(tokens.length).addAll(tokens, 0, 0));
        try (SamplerChain chain = SamplerChain.of(model, Sampler.greedy())) {
            assertThatIllegalArgumentException().isThrownBy(() -> chain.sample(context, 0));
            assertThatIllegalArgumentException().isThrownBy(() -> chain.sample(context, 99));
            assertThat(chain.sample(context, tokens.length - 1)).isNotNegative();
        }
    }

    @Test
    void sample_contextOfAnotherModel_throws() {
        try (Model other = TestModels.tiny();
                SamplerChain chain = SamplerChain.of(other, Sampler.greedy())) {
            assertThatIllegalArgumentException().isThrownBy(() -> chain.sample(context, -1));
        }
    }
}
