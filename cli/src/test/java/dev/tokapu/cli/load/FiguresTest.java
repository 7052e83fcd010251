package dev.tokapu.cli.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FiguresTest {

    /** It answers at once, with the times that a test wants, in milliseconds; a request without any is refused by an error. */
    private static Result load(Goal goal, long[]... arrivals) {
        Clock standing = new Clock() {
            @Override
            public long nanoTime() {
                return 0;
            }

            @Override
            public void sleepUntil(long nanoTime) {}

            @Override
            public void after(long nanoseconds, Runnable task) {
                task.run();
            }
        };
        Target scripted = new Target() {
            @Override
            public void send(LoadRequest request, Receiver receiver) {
                long[] times = arrivals[request.number()];
                for (long time : times) {
                    receiver.onTokens(1, TimeUnit.MILLISECONDS.toNanos(time));
                }
                receiver.onEnd(
                        times.length == 0 ? new Outcome.Failed("broken") : new Outcome.Success(10, times.length));
            }

            @Override
            public void close() {}
        };
        List<LoadRequest> requests = Workload.random(new Range(3, 3), new Range(4, 4), new Range(1, 2), 1)
                .requests(arrivals.length, 1);
        return new LoadGenerator(scripted, standing, goal, 1).run(requests, new Arrivals.Closed(1), 1);
    }

    private static double of(Map<String, Number> figures, String name) {
        Number figure = figures.get(name);
        assertThat(figure).as(name + " of " + figures.keySet()).isNotNull();
        return figure.doubleValue();
    }

    @Test
    void figures_areThoseOfTheTimes() {
        // First tokens after 100 and 200 ms, then 3 gaps of 10, 20, 30 ms, and one of 800 ms.
        Result result = load(
                Goal.parse("ttft:150,tpot:20"), new long[] {100, 110, 130, 160}, new long[] {200, 1000}, new long[0]);
        Map<String, Number> figures = Figures.of(result);
        assertThat(of(figures, "duration")).isCloseTo(1, within(1e-9));
        assertThat(of(figures, "completed")).isEqualTo(2);
        assertThat(of(figures, "failed")).isEqualTo(1);
        assertThat(of(figures, "request_throughput")).isCloseTo(2, within(1e-9));
        assertThat(of(figures, "output_throughput")).isCloseTo(6, within(1e-9));
        assertThat(of(figures, "total_token_throughput")).isCloseTo(26, within(1e-9));
        assertThat(of(figures, "mean_ttft_ms")).isCloseTo(150, within(1e-9));
        assertThat(of(figures, "p90_ttft_ms")).isCloseTo(190, within(1e-9));
        assertThat(of(figures, "mean_tpot_ms")).isCloseTo(410, within(1e-9));
        assertThat(of(figures, "p50_itl_ms")).isCloseTo(25, within(1e-9));
        assertThat(of(figures, "max_itl_ms")).isCloseTo(800, within(1e-9));
        assertThat(of(figures, "mean_e2el_ms")).isCloseTo(580, within(1e-9));
        assertThat(of(figures, "request_goodput")).isCloseTo(1, within(1e-9));
        assertThat(result.failures()).containsExactly(Map.entry("broken", 1));
    }

    @Test
    void withoutAGoal_noGoodputIsTold() {
        assertThat(Figures.of(load(Goal.NONE, new long[] {1}))).doesNotContainKey("request_goodput");
    }

    @Test
    void interrupted_theLoadHasWhatEnded() {
        Thread.currentThread().interrupt();
        Result result = load(Goal.NONE, new long[] {1}, new long[] {2});
        assertThat(Thread.interrupted()).isTrue();
        assertThat(result.completed()).isLessThan(2);
        assertThat(result.failed()).isZero();
    }
}
