package dev.tokapu.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkSizeControllerTest {

    private static final int MOST = 512;
    private static final StepLimit THREEFOLD = new StepLimit(3, Duration.ZERO);
    private static final int SMALLEST = 8;
    private static final double ROOM = 0.85 * 3 - 1; // of a step without prompts

    private final ChunkSizeController chunkSizes = new ChunkSizeController(64, THREEFOLD, SMALLEST, true);

    /** Beside one long prompt. */
    private int promptTokens(int sequences) {
        return chunkSizes.promptTokens(sequences, 1, 0, MOST);
    }

    /** Enough steps without prompts. */
    private void alone(int sequences, long nanos) {
        for (int i = 0; i < 3; i++) {
            assertThat(promptTokens(sequences)).isZero();
            chunkSizes.computed(sequences, 0, nanos);
        }
    }

    /** One step with endless prompts; how long it took. */
    private long step(int sequences, double base, double perToken) {
        int prompt = promptTokens(sequences);
        long nanos = (long) (base + perToken * (sequences + prompt));
        chunkSizes.computed(sequences, prompt, nanos);
        return nanos;
    }

    @Test
    void promptTokens_nobodyGenerates_isAll() {
        assertThat(promptTokens(0)).isEqualTo(MOST);
    }

    @Test
    void tokenNanos_promptsBesideAnswers_isWhatTheyAdd() {
        assertThat(chunkSizes.tokenNanos()).isZero();
        alone(4, 1_000_000);
        assertThat(chunkSizes.tokenNanos()).isZero();
        for (int i = 0; i < 10; i++) {
            int prompt = promptTokens(4);
            chunkSizes.computed(4, prompt, 1_000_000 + 500L * prompt);
        }
        assertThat(chunkSizes.tokenNanos()).isCloseTo(500, within(1e-6));
    }

    @Test
    void tokenNanos_shortPromptAlone_isKnown() {
        promptTokens(0);
        chunkSizes.computed(0, 20, 60_000);
        assertThat(chunkSizes.tokenNanos()).isEqualTo(3000);
    }

    @Test
    void promptTokens_unknownNumberOfSequences_asksForAStepWithoutAndBeginsSmall() {
        alone(4, 1_000_000);
        assertThat(promptTokens(4)).isEqualTo(SMALLEST - 4);
    }

    @Test
    void promptTokens_sequencesComputedApart_doNotCountAmongThePiece() {
        ChunkSizeController apart = new ChunkSizeController(64, THREEFOLD, SMALLEST, false);
        for (int i = 0; i < 3; i++) {
            apart.promptTokens(3, 1, 0, MOST);
            apart.computed(3, 0, 1_000_000);
        }
        assertThat(apart.promptTokens(3, 1, 0, MOST)).isEqualTo(SMALLEST);
    }

    @Test
    void promptTokens_manySequencesAfterAFewQuickStepsOfOne_areMeasuredAnew() {
        for (int i = 0; i < 2; i++) {
            promptTokens(1);
            chunkSizes.computed(1, 0, 1_000_000);
        }
        promptTokens(0);
        chunkSizes.computed(0, MOST, 10_000_000);
        alone(16, 9_000_000);
        assertThat(promptTokens(16)).isPositive();
    }

    /** As on a GPU. */
    @Test
    void promptTokens_triesASizeThatIsTooSlow_goesOnWithTheOneBelow() {
        ChunkSizeController fine = new ChunkSizeController(2, THREEFOLD, 4, true);
        Random random = new Random(1);
        int read = 0;
        int late = 0;
        for (int i = 0; i < 3000; i++) {
            int prompt = fine.promptTokens(1, 1, 0, MOST);
            double nanos = prompt == 0 ? 3.05e6 : prompt == 3 ? 4.9e6 : prompt == 7 ? 6.8e6 : 9.9e6;
            nanos *= 1 + random.nextDouble() / 20 + (random.nextInt(40) == 0 ? 0.15 : 0);
            fine.computed(1, prompt, (long) nanos);
            read += prompt;
            late += nanos > 3 * 3.05e6 ? 1 : 0;
        }
        assertThat(late).as("1 in 100").isLessThan(30);
        assertThat(read / 3000.0).isGreaterThan(6.5);
    }

    /** As on a GPU that records a step's graph when it comes a second time. */
    @Test
    void promptTokens_stepAfterOneOfAnotherShapeIsSlow_baselineIsNotTakenFromIt() {
        int last = 0;
        int late = 0;
        for (int i = 0; i < 3000; i++) {
            int prompt = promptTokens(1);
            double nanos = prompt == 0 ? 3e6 : prompt == 7 ? 6.2e6 : 9.2e6;
            double recorded = prompt != last ? 1.5 : 1;
            chunkSizes.computed(1, prompt, (long) (nanos * recorded));
            late += prompt > 0 && nanos * recorded > 9e6 ? 1 : 0;
            last = prompt;
        }
        assertThat(late).as("steps over the allowed time").isLessThan(30);
    }

    /** As when an engine that was idle gets many prompts, one just before the others: no smaller size is ever asked for. */
    @Test
    void promptTokens_firstPromptCameAlone_largerSizesAreTriedWhenMoreWait() {
        int most = 16 * MOST;
        promptTokens(0);
        chunkSizes.computed(0, MOST, 20_000_000);
        alone(1, 9_000_000);
        for (int i = 0; i < 8; i++) {
            int tokens = chunkSizes.promptTokens(1, 60, 60 * MOST, most);
            chunkSizes.computed(1, tokens, 9_000_000 + 30_000L * tokens);
        }
        assertThat(chunkSizes.promptTokens(1, 60, 60 * MOST, most)).isGreaterThan(most / 2);
    }

    /** What is known of a size fades, and is still no measure of smaller ones. */
    @Test
    void promptTokens_largePromptCameLongAgo_sizesGrowOneByOne() {
        int most = 16 * MOST;
        promptTokens(0);
        chunkSizes.computed(0, most, 250_000_000);
        for (int i = 0; i < 20_000; i++) {
            int tokens = chunkSizes.promptTokens(4, 1, SMALLEST, SMALLEST);
            chunkSizes.computed(4, tokens, 8_000_000 + 30_000L * tokens);
        }
        int last = SMALLEST;
        for (int i = 0; i < 12; i++) {
            int tokens = chunkSizes.promptTokens(4, 1, 0, most);
            assertThat(tokens).isLessThan(4 * last);
            chunkSizes.computed(4, tokens, 8_000_000 + 30_000L * tokens);
            last = Math.max(last, tokens);
        }
        assertThat(last).isGreaterThan(16 * SMALLEST);
    }

    @Test
    void promptTokens_numberOfSequencesLikeOneThatIsKnown_asksForNoStepWithout() {
        alone(48, 1_000_000);
        assertThat(promptTokens(59)).isPositive();
        assertThat(promptTokens(64)).isZero();
        assertThat(promptTokens(47)).isZero(); // it may be much faster
    }

    @ParameterizedTest
    @CsvSource({"1e6, 1e3", "1e6, 1e4", "1e6, 1e5", "2e7, 1e4", "1e5, 1e5", "1e3, 1e6"})
    void promptTokens_constantAndLinearCost_staysWithinTheAllowedTimeAndUsesIt(double base, double perToken) {
        for (int i = 0; i < 300; i++) {
            step(8, base, perToken);
        }
        double alone = base + 8 * perToken;
        double smallest = base + (8 + SMALLEST) * perToken;
        long read = 0;
        int late = 0;
        for (int i = 0; i < 1000; i++) {
            long nanos = step(8, base, perToken);
            read += Math.round((nanos - alone) / perToken);
            late += nanos > Math.max(3 * alone, smallest) ? 1 : 0;
        }
        assertThat(late).as("steps over the allowed time").isLessThan(10);
        double room = Math.min(MOST, Math.max(SMALLEST, ROOM * alone / perToken));
        assertThat(read / 1000.0).as("tokens a step, of %f", room).isGreaterThan(0.4 * room);
    }

    @Test
    void promptTokens_onePauseInAHundredSteps_bansNoSize() {
        Random random = new Random(1);
        long read = 0;
        for (int i = 0; i < 5000; i++) {
            int prompt = promptTokens(8);
            double nanos = (1e6 + 1e4 * prompt) * (random.nextInt(100) == 0 ? 20 : 1 + random.nextDouble() / 10);
            chunkSizes.computed(8, prompt, (long) nanos);
            read += i >= 2000 ? prompt : 0;
        }
        assertThat(read / 3000).isGreaterThan(60);
    }

    @Test
    void promptTokens_onlyPartOfTheSequencesDecoded_doesNotStarvePrompts() {
        int steps = 0;
        for (int i = 0; i < 100; i++) {
            steps += promptTokens(5) > 0 ? 1 : 0;
            chunkSizes.computed(3, 0, 1_000_000); // another adapter group has the other two
        }
        assertThat(steps).isGreaterThan(90);
    }

    @Test
    void promptTokens_promptsThatAreNoPowerOfTwo_learnsFromThem() {
        int slow = 0;
        for (int i = 0; i < 6000; i++) {
            int prompt = Math.min(promptTokens(4), 400);
            slow += i >= 5000 && prompt > 256 ? 1 : 0;
            chunkSizes.computed(4, prompt, prompt > 256 ? 20_000_000 : 1_000_000 + 1_000L * prompt);
        }
        assertThat(slow).isLessThan(20);
    }

    @Test
    void promptTokens_shortPromptWhosePiecesCostMuchMore_goesAtOnce() {
        promptTokens(0);
        chunkSizes.computed(0, MOST, 10_000_000); // nobody generated: what 512 tokens cost
        for (int i = 0; i < 20; i++) {
            int prompt = promptTokens(8);
            chunkSizes.computed(8, prompt, prompt == 0 ? 2_000_000 : 6_000_000 + 8_000L * prompt);
        }
        assertThat(chunkSizes.promptTokens(8, 1, MOST, MOST)).isEqualTo(MOST);
        assertThat(promptTokens(8)).isLessThan(MOST);
    }

    @Test
    void promptTokens_smallestOfOne_prefillsTokenByTokenWhereMoreIsTooSlow() {
        ChunkSizeController fine = new ChunkSizeController(64, THREEFOLD, 1, false);
        int late = 0;
        for (int i = 0; i < 1000; i++) {
            int prompt = fine.promptTokens(1, 1, 0, MOST);
            long nanos = 7_000_000 + 9_000_000L * prompt;
            fine.computed(1, prompt, nanos);
            late += nanos > 21_000_000 ? 1 : 0;
        }
        assertThat(late).isLessThan(20);
    }
}
