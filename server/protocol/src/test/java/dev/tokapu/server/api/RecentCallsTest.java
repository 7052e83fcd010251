package dev.tokapu.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.text.Usage;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RecentCallsTest {

    private final RecentCalls calls = new RecentCalls();

    @Test
    void calls_areToldToTheirTenant_newestFirst() {
        calls.begin("1", "a", "/x");
        calls.begin("2", "b", "/x");
        calls.begin("3", "a", "/y");
        assertThat(calls.of("a", 10)).extracting(CallRecord::id).containsExactly("3", "1");
        assertThat(calls.of("a", 1)).extracting(CallRecord::path).containsExactly("/y");
        assertThat(calls.of("c", 10)).isEmpty();
    }

    @Test
    void callsOfLongAgo_areForgotten() {
        for (int i = 0; i < 5000; i++) {
            calls.begin(Integer.toString(i), "a", "/x");
        }
        assertThat(calls.of("a", 5000))
                .hasSize(1000)
                .first()
                .extracting(CallRecord::id)
                .isEqualTo("4999");
    }

    @Test
    void usage_grows_untilItIsKnown() {
        CallRecord call = calls.begin("1", "a", "/x");
        assertThat(call.isSubmitted()).isFalse();
        assertThat(call.usage()).isEqualTo(Usage.NONE);
        Usage some = new Usage(3, 0, 2, 0, 0, 0);
        call.submitted("model", () -> some);
        assertThat(call.usage()).isEqualTo(some);
        Usage all = new Usage(3, 0, 9, 0, 0, 0);
        call.used(all);
        call.ended("200");
        assertThat(call.usage()).isEqualTo(all);
        assertThat(call.status()).isEqualTo("200");
        Duration time = call.time();
        assertThat(time).isPositive();
        assertThat(call.time()).isEqualTo(time);
    }
}
