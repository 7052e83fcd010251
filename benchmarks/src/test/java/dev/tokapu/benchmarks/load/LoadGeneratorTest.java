package dev.tokapu.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tokapu.cli.load.Arrivals;
import dev.tokapu.cli.load.Clock;
import dev.tokapu.cli.load.Goal;
import dev.tokapu.cli.load.LoadGenerator;
import dev.tokapu.cli.load.LoadRequest;
import dev.tokapu.cli.load.Outcome;
import dev.tokapu.cli.load.Range;
import dev.tokapu.cli.load.Receiver;
import dev.tokapu.cli.load.Result;
import dev.tokapu.cli.load.Samples;
import dev.tokapu.cli.load.Target;
import dev.tokapu.cli.load.Workload;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LoadGeneratorTest {

    private static final Percentage THREE_DIGITS = Percentage.withPercentage(0.1);
    private static final Arrivals ONE_USER = new Arrivals.Closed(1);

    private static List<LoadRequest> requests(int count, int in, int out) {
        return Workload.random(new Range(in, in), new Range(out, out), new Range(5, 9), 1)
                .requests(count, 2);
    }

    private static Result run(FakeTarget target, List<LoadRequest> requests, Arrivals arrivals, Goal goal)
            throws InterruptedException {
        return new LoadGenerator(target, target, goal, 5).run(requests, arrivals, 7);
    }

    private static void allAre(Samples samples, double milliseconds, int count) {
        assertThat(samples.count()).isEqualTo(count);
        for (double percentile : new double[] {0, 50, 99, 100}) {
            assertThat(samples.percentile(percentile)).isCloseTo(milliseconds * 1e6, THREE_DIGITS);
        }
        assertThat(samples.mean()).isCloseTo(milliseconds * 1e6, THREE_DIGITS);
    }

    @Test
    void knownTimes_becomeTheFigures() throws InterruptedException {
        Result result = run(new FakeTarget(100, 10).waiting(), requests(20, 30, 11), ONE_USER, Goal.NONE);
        allAre(result.ttft(), 100, 20);
        allAre(result.tpot(), 10, 20);
        allAre(result.itl(), 10, 200);
        allAre(result.e2el(), 200, 20);
        assertThat(result.duration()).isEqualTo(TimeUnit.SECONDS.toNanos(4));
        assertThat(result.perSecond(result.completed())).isCloseTo(5, within(1e-9));
        assertThat(result.perSecond((double) result.outputTokens())).isCloseTo(55, within(1e-9));
        assertThat(result.inputTokens()).isEqualTo(600);
    }

    @Test
    void tokensOfTheTarget_countMoreThanThoseThatCameAsPieces() throws InterruptedException {
        FakeTarget target = new FakeTarget(100, 10).waiting().ending(number -> new Outcome.Success(0, 21));
        Result result = run(target, requests(4, 3, 11), ONE_USER, Goal.NONE);
        assertThat(result.outputTokens()).isEqualTo(84);
        allAre(result.tpot(), 5, 4);
        allAre(result.itl(), 10, 40);
    }

    @Test
    void answersOfOneToken_haveNoTimePerToken() throws InterruptedException {
        Result result = run(new FakeTarget(100, 10).waiting(), requests(4, 3, 1), ONE_USER, Goal.NONE);
        assertThat(result.tpot().count()).isZero();
        allAre(result.e2el(), 100, 4);
    }

    @Test
    void openLoad_latenciesCountFromTheTimeThatWasMeant() throws InterruptedException {
        // The tenth request is held for ten seconds; those behind it are sent late, and their users feel it.
        FakeTarget target = new FakeTarget(1, 1).stalling(number -> number == 10 ? 10_000L : 0L);
        Result result = run(target, requests(1000, 3, 1), new Arrivals.Poisson(50), Goal.NONE);
        double late = 10 * 50 / 1000.0;
        assertThat(result.ttft().percentile(40)).isLessThan((double) TimeUnit.SECONDS.toNanos(1));
        assertThat(result.ttft().percentile(99)).isGreaterThan((double) TimeUnit.SECONDS.toNanos(9));
        AtomicInteger slow = new AtomicInteger();
        result.ttft().forEachSorted(time -> slow.addAndGet(time > TimeUnit.MILLISECONDS.toNanos(100) ? 1 : 0));
        double felt = slow.get() / 1000.0;
        assertThat(felt).isCloseTo(late, within(0.1));
    }

    @Test
    void closedLoad_standsStillForOneAnswerOnly() throws InterruptedException {
        FakeTarget target = new FakeTarget(1, 1).waiting().stalling(number -> number == 10 ? 10_000L : 0L);
        Result result = run(target, requests(1000, 3, 1), ONE_USER, Goal.NONE);
        assertThat(result.ttft().percentile(99)).isLessThan((double) TimeUnit.MILLISECONDS.toNanos(2));
        assertThat(result.ttft().max()).isGreaterThan((double) TimeUnit.SECONDS.toNanos(9));
    }

    @Test
    void poisson_hasTheRateAndTheSpreadOfItsName() throws InterruptedException {
        FakeTarget target = new FakeTarget(0, 0);
        run(target, requests(20_000, 1, 1), new Arrivals.Poisson(100), Goal.NONE);
        List<Long> times = target.sentAt;
        double mean = (times.get(times.size() - 1) - times.get(0)) / 1e9 / (times.size() - 1);
        assertThat(mean).isCloseTo(0.01, within(0.0003));
        double squares = 0;
        for (int i = 1; i < times.size(); i++) {
            double difference = (times.get(i) - times.get(i - 1)) / 1e9 - mean;
            squares += difference * difference;
        }
        // The standard deviation of exponential gaps is their mean.
        assertThat(Math.sqrt(squares / (times.size() - 1))).isCloseTo(0.01, within(0.0005));
    }

    @Test
    void goodput_countsAnswersThatMeetAllGoals() throws InterruptedException {
        // Every second request takes 50 ms longer to its first token.
        FakeTarget target = new FakeTarget(100, 10).waiting().stalling(number -> number % 2 * 50L);
        Result result = run(target, requests(20, 3, 11), ONE_USER, Goal.parse("ttft:120,tpot:10"));
        assertThat(result.good()).isEqualTo(10);
        assertThat(run(new FakeTarget(100, 10).waiting(), requests(20, 3, 11), ONE_USER, Goal.parse("e2el:199"))
                        .good())
                .isZero();
    }

    @Test
    void rejectionsAndFailures_areNoAnswers() throws InterruptedException {
        FakeTarget target = new FakeTarget(100, 10).waiting().ending(number -> switch (number % 4) {
            case 0 -> new Outcome.Rejected(2);
            case 1 -> new Outcome.Failed("broken");
            default -> new Outcome.Success(0, 0);
        });
        Result result = run(target, requests(20, 3, 5), ONE_USER, Goal.NONE);
        assertThat(result.completed()).isEqualTo(10);
        assertThat(result.rejected()).isEqualTo(5);
        assertThat(result.failures()).containsExactly(Map.entry("broken", 5));
        assertThat(result.outputTokens()).isEqualTo(50);
        assertThat(result.ttft().count()).isEqualTo(10);
    }

    @Test
    void closedLoad_rejectedUserComesBackWhenItWasTold() throws InterruptedException {
        FakeTarget target = new FakeTarget(100, 10).waiting().ending(number -> switch (number) {
            case 0 -> new Outcome.Rejected(2);
            case 1 -> new Outcome.Rejected(-1);
            case 2 -> new Outcome.Rejected(0.001);
            default -> new Outcome.Success(0, 0);
        });
        run(target, requests(5, 3, 1), ONE_USER, Goal.NONE);
        assertThat(target.sentAt).containsExactly(0L, 2_000_000_000L, 2_100_000_000L, 2_200_000_000L, 2_300_000_000L);
    }

    @Test
    void openLoad_doesNotWaitForThoseWhoWereRejected() throws InterruptedException {
        FakeTarget target = new FakeTarget(0, 0).ending(number -> new Outcome.Rejected(100));
        Result result = run(target, requests(1000, 1, 1), new Arrivals.Poisson(100), Goal.NONE);
        assertThat(result.rejected()).isEqualTo(1000);
        assertThat(result.duration()).isLessThan(TimeUnit.SECONDS.toNanos(20));
    }

    @Test
    void closedLoad_keepsItsUsersBusyAndNoMore() throws InterruptedException {
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (ThreadedTarget target = new ThreadedTarget(underWay, most)) {
            Result result = new LoadGenerator(target, Clock.SYSTEM, Goal.NONE, 30)
                    .run(requests(200, 3, 4), new Arrivals.Closed(5), 1);
            assertThat(result.completed()).isEqualTo(200);
            assertThat(result.itl().count()).isEqualTo(600);
        }
        assertThat(most).hasValueBetween(2, 5);
        assertThat(underWay).hasValue(0);
    }

    @Test
    void requestsWithoutEnd_haveFailed() throws InterruptedException {
        Target silent = new Target() {
            @Override
            public void send(LoadRequest request, Receiver receiver) {
                receiver.onTokens(1, 1);
            }

            @Override
            public void close() {}
        };
        LoadGenerator generator = new LoadGenerator(silent, Clock.SYSTEM, Goal.NONE, 0);
        assertThat(generator.run(requests(6, 3, 4), new Arrivals.Closed(2), 1).failures())
                .containsExactly(Map.entry("no end before the time limit", 6));
        assertThat(generator
                        .run(requests(6, 3, 4), new Arrivals.Poisson(1e6), 1)
                        .failed())
                .isEqualTo(6);
    }
}
