package dev.tokapu.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** What steps that are slow for other reasons than their size do to sizes. */
class ChunkSizeTrialsTest {

    private static final int MOST = 512;
    private static final StepLimit THREEFOLD = new StepLimit(3, Duration.ZERO);

    /** As on a GPU that loads kernels at their first use: sizes were banned for what their first step took, and prompts read ten times slower. */
    @Test
    void promptTokens_firstStepOfASizeIsSlow_secondTells() {
        int most = 4 * MOST;
        int read = 0;
        int last = 0;
        boolean[] loaded = new boolean[most + 1];
        ChunkSizeController chunkSizes = new ChunkSizeController(8, THREEFOLD, 8, true);
        for (int i = 0; i < 100; i++) {
            int prompt = chunkSizes.promptTokens(1, 8, 0, most);
            double recording = prompt == last ? 1 : 1.5;
            double loading = prompt < 16 || loaded[prompt] ? 0 : 30e6;
            double base = prompt == 0 ? 3e6 : prompt < 16 ? 10e6 : 10e6 + 24e3 * prompt;
            chunkSizes.computed(1, prompt, (long) (base * recording + loading));
            loaded[prompt] = true;
            last = prompt;
            read += prompt;
        }
        assertThat(read).isGreaterThan(20_000);
    }

    /** Milliseconds of a step beside one answer of an 8B model on an H200, by prompt tokens; those in between take as long as more. */
    private static final double[] H200 = {3.2, 7, 9.5, 10.3, 13, 16, 21, 23, 26};

    private static long onAnH200(int prompt) {
        int index = 0;
        while (prompt > 0 && 4 << index < prompt) {
            index++;
        }
        return (long) (1e6 * H200[prompt == 0 ? 0 : index + 1]);
    }

    /** Tokens that are read in 100 steps beside one answer. */
    private static int readOnAnH200(ChunkSizeController chunkSizes, int prompts) {
        int read = 0;
        for (int i = 0; i < 100; i++) {
            int prompt = chunkSizes.promptTokens(1, prompts, 0, MOST);
            chunkSizes.computed(1, prompt, onAnH200(prompt));
            read += prompt;
        }
        return read;
    }

    /** The prompt of the answer itself, which came alone and loaded kernels for 59 ms, banned its size and with it all larger ones. */
    @Test
    void promptTokens_firstPromptWasSlow_itsSizeIsTried() {
        ChunkSizeController chunkSizes = new ChunkSizeController(8, THREEFOLD, 4, false);
        chunkSizes.promptTokens(0, 1, 0, MOST);
        chunkSizes.computed(0, 32, 59_000_000);
        assertThat(readOnAnH200(chunkSizes, 8)).isGreaterThan(40_000);
    }

    /** Within three times a step without fit 4 tokens, so that prompts were read ten times slower than 40 tokens/s allow. */
    @Test
    void promptTokens_stepsAreQuick_promptsHaveTheTargetedLatency() {
        StepLimit targeted = new StepLimit(3, Duration.ofMillis(25));
        assertThat(readOnAnH200(new ChunkSizeController(8, THREEFOLD, 4, false), 1))
                .isLessThan(800);
        assertThat(readOnAnH200(new ChunkSizeController(8, targeted, 4, false), 1))
                .isGreaterThan(10_000);
    }

    /** As beside other programs, whose turns of the processors make steps of all sizes long: prompts were read a token a step, for good. */
    @Test
    void promptTokens_otherWorkMakesSmallestStepsLate_sizesThatCostNoMoreAreUsed() {
        long read = 0;
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            ChunkSizeController busy = new ChunkSizeController(8, THREEFOLD, 1, false);
            for (int i = 0; i < 4000; i++) {
                int prompt = busy.promptTokens(1, 4, 0, MOST);
                double turn = random.nextInt(10) < 3 ? 2 + 4 * random.nextDouble() : 1;
                double pause = random.nextInt(50) == 0 ? 10 + 20 * random.nextDouble() : turn;
                busy.computed(1, prompt, (long) ((1e6 + 2e4 * prompt) * pause));
                read += prompt;
            }
        }
        assertThat(read / 40.0 / 4000).isGreaterThan(9);
    }

    /** What steps took beside other programs banned all sizes but the smallest, for thousands of steps after these had ended. */
    @Test
    void promptTokens_otherWorkHasEnded_sizesGrowAgain() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            ChunkSizeController recovering = new ChunkSizeController(8, THREEFOLD, 1, false);
            long read = 0;
            for (int i = 0; i < 3000; i++) {
                int prompt = recovering.promptTokens(1, 4, 0, MOST);
                double turn = random.nextBoolean() ? 2 + 14 * random.nextDouble() : 1;
                double busy = random.nextInt(50) == 0 ? 10 + 20 * random.nextDouble() : turn;
                double quiet = 1 + random.nextDouble() / 20;
                recovering.computed(1, prompt, (long) ((1e6 + 2e4 * prompt) * (i < 1000 ? busy : quiet)));
                read += i >= 2000 ? prompt : 0;
            }
            assertThat(read / 1000).as("seed %d", seed).isGreaterThan(80);
        }
    }

    /** Each prompt has one step of the size that is tried and a short one, so that no trial came to its end and taught anything. */
    @Test
    void promptTokens_promptsEndDuringTrials_sizesThatAreTooSlowAreNotTriedForEach() {
        ChunkSizeController chunkSizes = new ChunkSizeController(8, THREEFOLD, 1, false);
        assertThat(late(chunkSizes, 1000, 1e6, 5e4, i -> i % 2 == 0 ? MOST : 3)).isLessThan(30);
    }

    /** How many steps beside one answer take more than three times as long as one without prompts, where prompts have so many tokens left. */
    private static int late(
            ChunkSizeController chunkSizes, int steps, double base, double perToken, IntUnaryOperator left) {
        int late = 0;
        for (int i = 0; i < steps; i++) {
            int prompt = Math.min(chunkSizes.promptTokens(1, 1, 0, MOST), left.applyAsInt(i));
            double nanos = base + perToken * prompt;
            chunkSizes.computed(1, prompt, (long) nanos);
            late += nanos > 3 * base ? 1 : 0;
        }
        return late;
    }

    /** The first prompt of an engine, short and alone, loads kernels; that said of all sizes that they cost hardly more. */
    @Test
    void promptTokens_firstShortPromptWasSlow_isNoMeasureOfTheSmallestSize() {
        ChunkSizeController chunkSizes = new ChunkSizeController(8, THREEFOLD, 4, true);
        chunkSizes.promptTokens(0, 1, 0, MOST);
        chunkSizes.computed(0, 3, 300_000_000);
        assertThat(late(chunkSizes, 200, 3e6, 1e6, i -> MOST)).isLessThan(10);
    }

    /** A trial that began while many prompts waited is not for one that came later. */
    @Test
    void promptTokens_fewerPromptsWaitDuringATrial_itEnds() {
        ChunkSizeController chunkSizes = new ChunkSizeController(8, THREEFOLD, 1, false);
        int most = 16;
        for (int i = 0; most < MOST && i < 100; i++) {
            int prompt = chunkSizes.promptTokens(1, 30, 0, MOST);
            chunkSizes.computed(1, prompt, (long) (1e6 + 1e5 * prompt));
            most = Math.max(most, prompt);
        }
        assertThat(chunkSizes.promptTokens(1, 1, 0, MOST)).isLessThan(64);
    }
}
