package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.TestModels;
import dev.tokapu.testsupport.TinyGguf;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class EngineAllocationIT {

    private static final int TOKENS = 1000;

    @TempDir
    static Path folder;

    /** The list of an answer's tokens doubles when it is full: it is measured between two of those. */
    private static final int DOUBLED = 512;

    private static final int MEASURED = 400;
    private static final int MOST_ROUNDS = 20;

    @Test
    void decodeThread_steadyState_allocatesNothing() {
        assertAllocatesNothing(8, Speculation.none());
    }

    @Test
    @Tag("ffm")
    void decodeThread_guessing_allocatesNothing() {
        assertAllocatesNothing(2, new Speculation.NGram(1, 8, false));
    }

    @Test
    @Tag("ffm")
    void decodeThread_drafting_allocatesNothing() {
        assertAllocatesNothing(2, new Speculation.DraftModel(4, 0, false));
    }

    @Test
    @Tag("ffm")
    void decodeThread_draftingWithHeads_allocatesNothing() {
        Path file = TinyGguf.builder().contextLength(2048).mtpHead().build().write(folder.resolve("mtp.gguf"));
        Speculation speculation = new Speculation.Mtp(4, 0, false);
        try (Model model =
                        Model.load(file, ModelOptions.builder().mtpHeads(true).build());
                Engine engine = Engine.start(
                        model,
                        EngineFixture.options()
                                .maxSequences(2)
                                .speculation(speculation)
                                .sequenceContextSize(1280)
                                .build())) {
            assertAllocatesNothing(engine, 2, speculation);
        }
    }

    @Test
    @Tag("ffm")
    void decodeThread_draftingWithEagle3_allocatesNothing() {
        Path target = TinyGguf.builder().contextLength(2048).turns().build().write(folder.resolve("target.gguf"));
        Path draft = TinyGguf.builder().eagle3(0, 0).build().write(folder.resolve("eagle3.gguf"));
        Speculation speculation = new Speculation.DraftModel(4, 0, false);
        try (Model model = Model.load(target);
                Model drafts = Model.load(draft);
                Engine engine = Engine.start(
                        model,
                        EngineFixture.options()
                                .maxSequences(2)
                                .draftModel(drafts)
                                .speculation(speculation)
                                .sequenceContextSize(1280)
                                .build())) {
            assertAllocatesNothing(engine, 2, speculation);
        }
    }

    /**
     * In some part of the answers: elsewhere lists of tokens grow. The steps are too few for their loops to be compiled to the end, so that
     * each allocates some iterators; an object for each token would be 16 bytes.
     */
    @Test
    @Tag("ffm")
    void decodeThread_mostSequences_allocatesNothing() {
        int sequences = 256;
        int tokens = 400;
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Model model = TestModels.tiny();
                Engine engine = Engine.start(
                        model,
                        EngineFixture.options()
                                .maxSequences(sequences)
                                .sequenceContextSize(512)
                                .build())) {
            long id = engine.core().thread().getId();
            List<Generation> all = new ArrayList<>();
            for (int i = 0; i < sequences; i++) {
                all.add(engine.submit(EngineFixture.greedy(EngineFixture.prompt(new Random(i), 10))
                        .maxTokens(tokens)
                        .build()));
            }
            double least = Double.MAX_VALUE;
            while (!all.stream().allMatch(Generation::isFinished)) {
                long before = engine.snapshot().generatedTokens();
                long bytes = threads.getThreadAllocatedBytes(id);
                EngineFixture.await(
                        "some tokens more, or the end",
                        () -> engine.snapshot().generatedTokens() - before >= 10L * sequences
                                || all.stream().allMatch(Generation::isFinished));
                long allocated = threads.getThreadAllocatedBytes(id) - bytes;
                least = Math.min(least, (double) allocated / (engine.snapshot().generatedTokens() - before));
            }
            assertThat(least).as("bytes for a token").isLessThan(8);
        }
    }

    private static void assertAllocatesNothing(int sequences, Speculation speculation) {
        Path file = TinyGguf.builder().contextLength(2048).build().write(folder.resolve("long.gguf"));
        try (Model model = TestModels.tiny();
                Model draft = Model.load(file);
                Engine engine = Engine.start(
                        model,
                        EngineFixture.options()
                                .maxSequences(sequences)
                                .draftModel(speculation instanceof Speculation.DraftModel ? draft : null)
                                .sequenceContextSize(1280)
                                .build())) {
            assertAllocatesNothing(engine, sequences, speculation);
        }
    }

    private static void assertAllocatesNothing(Engine engine, int sequences, Speculation speculation) {
        for (int round = 0; ; round++) {
            List<Generation> all = new ArrayList<>();
            for (int i = 0; i < sequences; i++) {
                all.add(engine.submit(EngineFixture.greedy(EngineFixture.prompt(new Random(i), 10))
                        .maxTokens(TOKENS)
                        .speculation(speculation)
                        .build()));
            }
            double perToken = bytesForAToken(engine, all);
            all.forEach(Generation::cancel);
            all.forEach(Generation::text);
            boolean compiled = round >= 2 && perToken < 1; // under load the compiler takes longer
            if (compiled || round == MOST_ROUNDS) {
                assertThat(engine.snapshot().acceptedTokens() > 0).isEqualTo(speculation.maxDraft() > 0);
                assertThat(perToken).as("bytes for a token").isLessThan(1);
                return;
            }
        }
    }

    /** While all answers are generated; not a number when one came to its end before enough of them was seen. */
    private static double bytesForAToken(Engine engine, List<Generation> all) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = engine.core().thread().getId();
        EngineFixture.await(
                "all generate",
                () -> all.stream().allMatch(answer -> answer.usage().generatedTokens() > DOUBLED));
        long tokens = engine.snapshot().generatedTokens();
        long bytes = threads.getThreadAllocatedBytes(id);
        long enough = tokens + (long) MEASURED * all.size();
        EngineFixture.await(
                "enough, or an end",
                () -> engine.snapshot().generatedTokens() >= enough
                        || all.stream().anyMatch(Generation::isFinished));
        long allocated = threads.getThreadAllocatedBytes(id) - bytes;
        long now = engine.snapshot().generatedTokens();
        return now >= enough ? (double) allocated / (now - tokens) : Double.NaN;
    }
}
