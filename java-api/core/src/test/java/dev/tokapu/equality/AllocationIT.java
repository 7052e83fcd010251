package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.Vocab;
import dev.tokapu.sampling.CustomSampler;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.testsupport.AllocationMeter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Java heap used by the low-level loop: none per token, once the JIT has compiled it. */
class AllocationIT {

    private static final int TOKENS = 1000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void loop_inSteadyState_allocatesNothing() {
        allocatesNothing(Sampler.temperature(0.8), Sampler.dist(7));
    }

    @Test
    void loop_withASamplerInJava_allocatesNothing() {
        CustomSampler warmer = candidates -> {
            for (int i = 0; i < candidates.size(); i++) {
                candidates.setLogit(i, candidates.logit(i) / 2);
            }
            candidates.sort();
            candidates.truncate(40);
        };
        allocatesNothing(warmer, Sampler.dist(7));
    }

    private static void allocatesNothing(Sampler... samplers) {
        try (Model model = Reference.TINY.load();
                Context context = model.newContext(ContextOptions.builder()
                        .contextSize(512)
                        .threads(1)
                        .batchThreads(1)
                        .build());
                SamplerChain chain = SamplerChain.of(model, samplers)) {
            Loop loop = new Loop(context, chain);
            // A method that is compiled again allocates a little once: steady are two rounds in a row.
            int quiet = 0;
            long bytes = 0;
            long end = System.nanoTime() + PATIENCE.toNanos(); // a busy machine compiles late
            while (quiet < 2 && System.nanoTime() < end) {
                bytes = AllocationMeter.allocatedBytes(() -> loop.run(TOKENS));
                quiet = bytes == 0 ? quiet + 1 : 0;
            }
            assertThat(quiet)
                    .as("rounds in a row of %d tokens without allocation; the last allocated %d bytes", TOKENS, bytes)
                    .isEqualTo(2);
        }
    }

    /** Decode, sample, piece, logits: everything into what was allocated before. */
    private static final class Loop {

        private final Context context;
        private final SamplerChain chain;
        private final Vocab vocab;
        private final Batch batch = new Batch(1);
        private final byte[] piece = new byte[64];
        private final float[] logits;
        private int token = 1;
        private int position;

        Loop(Context context, SamplerChain chain) {
            this.context = context;
            this.chain = chain;
            this.vocab = context.model().vocab();
            this.logits = new float[vocab.size()];
        }

        void run(int tokens) {
            for (int i = 0; i < tokens; i++) {
                if (position == context.info().contextSize()) {
                    context.kvCache().clear();
                    position = 0;
                }
                batch.clear().add(token, position++, 0, true);
                context.decode(batch);
                context.outputs().copyLogits(-1, logits);
                token = chain.sample(context, -1);
                if (vocab.piece(token, true, piece) > piece.length) {
                    throw new AssertionError("a piece is longer than " + piece.length + " bytes");
                }
            }
        }
    }
}
