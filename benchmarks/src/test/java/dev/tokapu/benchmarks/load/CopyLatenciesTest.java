package dev.tokapu.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.benchmarks.load.CopyLatencies.Kind;
import org.junit.jupiter.api.Test;

class CopyLatenciesTest {

    private static final long MS = 1_000_000;

    private final CopyLatencies latencies = new CopyLatencies();
    private long time;

    private void token(long after) {
        time += after;
        latencies.token(time);
    }

    private void step(int generating, int promptTokens, long saved, long restored, long took) {
        latencies.step(generating, promptTokens, saved, restored);
        token(took);
    }

    @Test
    void firstToken_hasNoLatency() {
        step(1, 0, 0, 0, MS);
        for (Kind kind : Kind.values()) {
            assertThat(latencies.of(kind).latencies().count()).isZero();
        }
    }

    /** Those ahead of a request were counted as idle, since nothing was asked for then. */
    @Test
    void saveAheadOfARequest_isNotIdle() {
        token(0);
        step(1, 0, 0, 0, 4 * MS);
        step(1, 0, 1 * MS, 0, 5 * MS);
        step(1, 0, 3 * MS, 0, 7 * MS);
        step(1, 0, 0, 2 * MS, 6 * MS);
        assertThat(latencies.of(Kind.IDLE).latencies().max()).isEqualTo(4 * MS);
        assertThat(latencies.of(Kind.SAVES).latencies().mean()).isEqualTo(6 * MS);
        assertThat(latencies.of(Kind.SAVES).copies().mean()).isEqualTo(2 * MS);
        assertThat(latencies.of(Kind.RESTORES).latencies().max()).isEqualTo(6 * MS);
        assertThat(latencies.of(Kind.RESTORES).copies().mean()).isEqualTo(2 * MS);
    }

    @Test
    void requestAndTwoStepsAfterIt_countAsRequests() {
        token(0);
        step(1, 0, 0, 0, 4 * MS);
        step(1, 64, 0, MS, 9 * MS);
        step(2, 0, 0, 0, 5 * MS);
        step(1, 0, MS, 0, 5 * MS);
        step(1, 0, 0, 0, 5 * MS);
        step(1, 0, MS, 0, 5 * MS);
        assertThat(latencies.of(Kind.REQUESTS).latencies().count()).isEqualTo(4);
        assertThat(latencies.of(Kind.REQUESTS).copies().mean()).isEqualTo(MS / 2.0);
        assertThat(latencies.of(Kind.SAVES).latencies().count()).isEqualTo(1);
        assertThat(latencies.of(Kind.IDLE).latencies().count()).isEqualTo(1);
    }

    @Test
    void stepWithoutTheAnswer_countsForTheTokenAfterIt() {
        token(0);
        latencies.step(0, 64, MS, 0);
        step(1, 0, 0, 0, 20 * MS);
        assertThat(latencies.of(Kind.REQUESTS).latencies().max()).isEqualTo(20 * MS);
        assertThat(latencies.of(Kind.REQUESTS).copies().mean()).isEqualTo(MS);
    }

    @Test
    void json_hasAllKinds() {
        token(0);
        step(1, 0, 0, 0, 4 * MS);
        step(1, 0, MS, 0, 6 * MS);
        assertThat(latencies.json())
                .startsWith("\"idle_count\": 1, \"idle_p50_ms\": 4.000, ")
                .contains("\"saves_p99_by_idle_median\": 1.500", "\"saves_copied_ms\": 1.000", "\"requests_count\": 0");
    }
}
