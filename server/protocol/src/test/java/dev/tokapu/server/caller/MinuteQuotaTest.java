package dev.tokapu.server.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MinuteQuotaTest {

    private long now = 5;

    private void pass(int seconds) {
        now += TimeUnit.SECONDS.toNanos(seconds);
    }

    private static Problem refusal(Quota quota) {
        Problem[] problem = new Problem[1];
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(quota::begin)
                .satisfies(e -> problem[0] = e.problem());
        return problem[0];
    }

    @Test
    void begin_moreCallsThanAMinuteHas_areRefusedUntilTheyComeBack() {
        Quota quota = new MinuteQuota(2, null, () -> now);
        quota.begin();
        quota.begin();
        Problem problem = refusal(quota);
        assertThat(problem.kind()).isEqualTo(Problem.Kind.LIMIT);
        assertThat(problem.retryAfter()).isEqualTo(Duration.ofSeconds(30));
        pass(29);
        assertThat(refusal(quota).retryAfter()).isEqualTo(Duration.ofSeconds(1));
        pass(1);
        quota.begin();
    }

    @Test
    void used_moreTokensThanThereAre_isPaidBackBeforeTheNextCall() {
        Quota quota = new MinuteQuota(null, 60, () -> now);
        quota.begin();
        quota.used(100);
        assertThat(refusal(quota).retryAfter()).isEqualTo(Duration.ofSeconds(41));
        pass(41);
        quota.begin();
    }

    @Test
    void idleness_savesUpNoMoreThanAMinute() {
        Quota quota = new MinuteQuota(1, null, () -> now);
        pass(1000);
        quota.begin();
        refusal(quota);
    }

    @Test
    void headers_tellWhatIsLeft() {
        Quota quota = new MinuteQuota(10, 1000, () -> now);
        quota.begin();
        quota.used(100);
        assertThat(quota.headers())
                .containsEntry("x-ratelimit-limit-requests", "10")
                .containsEntry("x-ratelimit-remaining-requests", "9")
                .containsEntry("x-ratelimit-reset-requests", "6000ms")
                .containsEntry("x-ratelimit-remaining-tokens", "900");
    }
}
