package dev.tokapu.internal.threads;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Machines of chance with other load that comes and goes. {@code -Dtokapu.threads.steps} makes it long, {@code -Dtokapu.threads.seed}
 * begins elsewhere.
 */
class ThreadControllerTest {

    private static final long SEED = Long.getLong("tokapu.threads.seed", 1);
    private static final int STEPS = Integer.getInteger("tokapu.threads.steps", 100_000);
    private static final int MACHINES = 3;
    private static final double SECOND = 1e9;
    private static final double HOUR = 3600 * SECOND;
    private static final double GOOD = 1.15; // times what the fastest number takes

    @ParameterizedTest
    @CsvSource({"2, 0", "4, 0", "64, 0", "2, 1", "2, 2", "4, 1", "8, 2", "64, 30"})
    void loadThatStays_isHardlyEverAnsweredByAChange_andTrialsAreCheap(int processors, int foreign) {
        double cost = 0;
        for (long seed = SEED; seed < SEED + MACHINES; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            SimulatedMachine machine = new SimulatedMachine(random, processors);
            SimulatedAnswers answers = new SimulatedAnswers(random, machine, processors);
            machine.foreign(foreign);
            settle(answers);
            for (int i = 0; i < STEPS; i++) {
                answers.step();
            }
            System.out.printf(
                    Locale.ROOT,
                    "%d processors, %d taken, seed %d: %d threads, %d changes in %.1f h, %.4f %% of the steps tried others, at %.4f %%%n",
                    processors,
                    foreign,
                    seed,
                    answers.kept(),
                    answers.switches,
                    answers.nanos / HOUR,
                    100.0 * answers.others / STEPS,
                    100 * answers.trials / answers.nanos);
            assertThat(answers.switches).isLessThanOrEqualTo(2 + (int) (answers.nanos / HOUR));
            cost += answers.trials / answers.nanos;
            assertThat(answers.trials).isLessThan(0.015 * answers.nanos);
            if (foreign == 0) {
                assertThat(answers.kept()).isEqualTo(processors);
                assertThat(answers.trials).isLessThan(0.003 * answers.nanos);
            }
        }
        assertThat(cost / MACHINES).isLessThan(0.01);
    }

    private static void settle(SimulatedAnswers answers) {
        while (answers.steps < 50_000 || answers.nanos < 60 * SECOND) {
            answers.step();
        }
        answers.nanos = 0;
        answers.trials = 0;
        answers.others = 0;
        answers.switches = 0;
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "2, 2", "4, 1", "8, 2", "64, 1", "64, 30"})
    void loadThatComesAndGoes_isFollowed(int processors, int foreign) {
        for (long seed = SEED; seed < SEED + MACHINES; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            SimulatedMachine machine = new SimulatedMachine(random, processors);
            SimulatedAnswers answers = new SimulatedAnswers(random, machine, processors);
            for (int phase = 0; phase < 6; phase++) {
                machine.foreign(phase % 2 == 0 ? 0 : foreign);
                double good = GOOD * machine.mean(machine.best(), SECOND);
                int first = answers.steps;
                double begin = answers.nanos;
                int switches = answers.switches;
                while (machine.mean(answers.kept(), SECOND) > good) {
                    answers.step();
                    assertThat(answers.steps - first < 20_000 || answers.nanos - begin < 200 * SECOND)
                            .as("seed %d, phase %d: %d threads, best %d", seed, phase, answers.kept(), machine.best())
                            .isTrue();
                }
                settleOn(answers, first, begin);
                assertThat(answers.switches - switches).as("changes").isLessThanOrEqualTo(5);
            }
        }
    }

    private static void settleOn(SimulatedAnswers answers, int first, double begin) {
        while (answers.steps - first < 6_000 || answers.nanos - begin < 60 * SECOND) {
            answers.step();
        }
    }

    @Test
    void oneProcessor_isNotTried() {
        ThreadController controller = new ThreadController(1, 1);
        for (int i = 0; i < 10_000; i++) {
            assertThat(controller.threads(1 + i % 100, 1, i)).isEqualTo(1);
            controller.computed(i % 7 == 0 ? 100_000_000 : 1_000_000);
        }
    }

    @Test
    void stepsThatNeverComeAgain_areNoReasonToChange() {
        ThreadController controller = new ThreadController(4, 4);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < STEPS; i++) {
            int tokens = 1 + random.nextInt(31);
            int context = random.nextInt(100_000);
            int threads = controller.threads(tokens, 1 + random.nextInt(tokens), (long) tokens * context);
            controller.computed((long) (1e6 * tokens * (1 + context / 4000.0) / threads));
        }
        assertThat(controller.few()).isEqualTo(4);
    }

    @Test
    void afterAPause_moreThreadsAreTriedAtOnce() {
        ThreadController controller = new ThreadController(2, 2);
        for (int i = 0; i < 2_000; i++) {
            int threads = controller.threads(1, 1, 10);
            controller.computed(threads == 2 && i > 100 ? 30_000_000 : 20_000_000 / threads);
        }
        assertThat(controller.few()).isEqualTo(1);
        controller.paused();
        int steps = 0;
        while (controller.few() == 1) {
            int threads = controller.threads(1, 1, 10);
            controller.computed(20_000_000 / threads);
            steps++;
            assertThat(steps).isLessThan(60);
        }
    }

    @Test
    void idleProcessors_sayWhenMoreThreadsAreTried() {
        ThreadController controller = new ThreadController(2, 2);
        compute(controller, 200, 10);
        assertThat(controller.isReduced()).isFalse();
        compute(controller, 2_000, 300);
        assertThat(controller.few()).isEqualTo(1);
        controller.idle(0.1);
        for (int i = 0; i < 20_000; i++) {
            assertThat(controller.threads(1, 1, 10)).isEqualTo(1);
            controller.computed(20_000_000);
        }
        controller.idle(0.9);
        compute(controller, 60, 10);
        assertThat(controller.isReduced()).isFalse();
    }

    /** Steps of one token, which take 20 ms with one thread and so many ms with two. */
    private static void compute(ThreadController controller, int steps, int millis) {
        for (int i = 0; i < steps; i++) {
            int threads = controller.threads(1, 1, 10);
            controller.computed(threads == 1 ? 20_000_000 : millis * 1_000_000L);
        }
    }
}
