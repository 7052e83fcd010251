package dev.tokapu.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerBatchIT {

    private static final int OUTPUTS = 16;

    @TinyModel
    private static Model model;

    private final List<SamplerChain> chains = new ArrayList<>();
    private Context context;

    @BeforeEach
    void decode() {
        context = model.newContext(TestModels.small().build());
        Batch batch = new Batch(OUTPUTS);
        Random random = new Random(1);
        for (int i = 0; i < OUTPUTS; i++) {
            batch.add(3 + random.nextInt(300), i, 0, true);
        }
        context.decode(batch);
    }

    @AfterEach
    void close() {
        chains.forEach(SamplerChain::close);
        context.close();
    }

    private SamplerChain chain(Sampler... samplers) {
        SamplerChain chain = SamplerChain.of(model, samplers);
        chains.add(chain);
        return chain;
    }

    private SamplerChain kind(int i) {
        return switch (i % 4) {
            case 0 -> chain(Sampler.greedy());
            case 1 -> chain(Sampler.dist(i));
            case 2 -> chain(Sampler.topK(5), Sampler.temperature(1.5), Sampler.dist(i));
            default ->
                chain(
                        Sampler.customLogits((tokens, logits) -> logits.setLogit(0, logits.logit(0) + 1)),
                        Sampler.dist(i));
        };
    }

    private static SamplerChain failing(SamplerBatchIT test) {
        return test.chain(
                Sampler.customLogits((tokens, logits) -> {
                    throw new IllegalStateException("mine");
                }),
                Sampler.greedy());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void sample_manyChains_eachChoosesAsAlone(int threads) {
        SamplerBatch batch = new SamplerBatch(context, 3);
        for (int round = 0; round < 3; round++) {
            batch.clear();
            List<SamplerChain> alone = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                assertThat(batch.add(kind(i), i % OUTPUTS)).isEqualTo(i);
                alone.add(kind(i));
            }
            assertThat(batch.size()).isEqualTo(40);
            assertThat(batch.sample(threads)).isZero();
            for (int i = 0; i < 40; i++) {
                assertThat(batch.failure(i)).isNull();
                assertThat(batch.token(i))
                        .as("chain %d", i)
                        .isEqualTo(alone.get(i).sample(context, i % OUTPUTS));
            }
        }
    }

    @Test
    void sample_someFail_theOthersChoose() {
        SamplerBatch batch = new SamplerBatch(context, 1);
        batch.add(kind(1), 3);
        batch.add(failing(this), 3);
        batch.add(kind(2), 99);
        batch.add(kind(0), 4);
        assertThat(batch.sample(2)).isEqualTo(2);
        assertThat(batch.token(0)).isEqualTo(kind(1).sample(context, 3));
        assertThat(batch.failure(1)).hasStackTraceContaining("mine");
        assertThat(batch.failure(2)).isInstanceOf(RuntimeException.class);
        assertThat(batch.token(3)).isEqualTo(kind(0).sample(context, 4));

        batch.clear().add(kind(0), 1);
        assertThat(batch.sample(2)).isZero();
        assertThat(batch.failure(0)).isNull();
        assertThat(batch.token(0)).isEqualTo(kind(0).sample(context, 1));
    }

    @Test
    void sample_chainThatIsClosed_failsAloneAsDocumented() {
        SamplerChain closed = kind(1);
        SamplerBatch batch = new SamplerBatch(context, 2);
        batch.add(kind(1), 0);
        batch.add(closed, 0);
        batch.add(kind(2), 0);
        closed.close();
        assertThat(batch.sample(2)).isEqualTo(1);
        assertThat(batch.token(0)).isEqualTo(kind(1).sample(context, 0));
        assertThat(batch.failure(1)).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThat(batch.token(2)).isEqualTo(kind(2).sample(context, 0));
    }

    @Test
    void sample_grammarAtItsEnd_failsAlone() {
        SamplerChain grammar = chain(Sampler.grammar("root ::= \"\\x01\\x02\""), Sampler.greedy());
        SamplerBatch batch = new SamplerBatch(context, 2);
        for (int step = 0; step < 20; step++) {
            batch.clear();
            batch.add(grammar, 0);
            batch.add(chain(Sampler.greedy()), 0);
            batch.sample(2);
            assertThat(batch.failure(1)).isNull();
            assertThat(batch.token(1)).isEqualTo(kind(0).sample(context, 0));
            if (batch.failure(0) != null) {
                break;
            }
        }
    }

    @Test
    void sample_empty_isNothing() {
        assertThat(new SamplerBatch(context, 1).sample(4)).isZero();
    }
}
