package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class EngineAllocationIT {

    /** The list of an answer's tokens doubles when it is full: it is measured between two of those. */
    private static final int DOUBLED = 512;

    @Test
    void decodeThread_steadyState_allocatesNothing() {
        assertAllocatesNothing(8, DOUBLED, Speculation.none());
    }

    @Test
    @Tag("ffm")
    void decodeThread_mostSequences_allocatesNothing() {
        assertAllocatesNothing(256, DOUBLED / 8, Speculation.none());
    }

    @Test
    @Tag("ffm")
    void decodeThread_guessing_allocatesNothing() {
        assertAllocatesNothing(2, DOUBLED, Speculation.ngram(1, 8));
    }

    private static void assertAllocatesNothing(int sequences, int doubled, Speculation speculation) {
        int measured = doubled * 5 / 8;
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Model model = TestModels.tiny();
                Engine engine = Engine.start(
                        model,
                        EngineFixture.options()
                                .maxSequences(sequences)
                                .sequenceContextSize(2 * doubled + 256)
                                .build())) {
            long id = engine.core().thread().getId();
            for (int round = 0; ; round++) {
                List<Generation> all = new ArrayList<>();
                for (int i = 0; i < sequences; i++) {
                    all.add(engine.submit(EngineFixture.greedy(EngineFixture.prompt(new Random(i), 10))
                            .maxTokens(2 * doubled)
                            .speculation(speculation)
                            .build()));
                }
                EngineFixture.await(
                        "all generate",
                        () -> all.stream().allMatch(answer -> answer.usage().generatedTokens() > doubled));
                long tokens = engine.snapshot().generatedTokens();
                long bytes = threads.getThreadAllocatedBytes(id);
                EngineFixture.await(
                        "enough", () -> engine.snapshot().generatedTokens() - tokens >= (long) measured * sequences);
                long allocated = threads.getThreadAllocatedBytes(id) - bytes;
                double perToken = (double) allocated / (engine.snapshot().generatedTokens() - tokens);
                all.forEach(Generation::cancel);
                all.forEach(Generation::text);
                if (round == 2) { // compiled code by now
                    assertThat(engine.snapshot().acceptedTokens() > 0).isEqualTo(speculation.maxDraft() > 0);
                    assertThat(perToken).as("bytes for a token").isLessThan(1);
                    return;
                }
            }
        }
    }
}
