package dev.tokapu.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.cli.load.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class TokenTimesTest {

    private final TokenTimes times = new TokenTimes();

    @Test
    void tokensOfAnotherThread_endTheWait() throws InterruptedException {
        CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS).execute(() -> {
            times.onTokens(1, 5);
            times.onTokens(2, 9);
        });
        assertThat(times.awaitArrivals(2)).isTrue();
        assertThat(times.awaitTokenAfter(8)).isTrue();
        assertThat(times.arrivals()).containsExactly(new TokenTimes.Arrival(1, 5), new TokenTimes.Arrival(2, 9));
    }

    @Test
    void answerThatEndedBefore_isSaid() throws InterruptedException {
        times.onTokens(1, 5);
        times.onEnd(new Outcome.Success(0, 1));
        times.awaitEnd();
        assertThat(times.awaitArrivals(1)).isTrue();
        assertThat(times.awaitArrivals(2)).isFalse();
        assertThat(times.awaitTokenAfter(5)).isFalse();
    }

    @Test
    void noAnswer_isAnError() {
        times.onEnd(new Outcome.Rejected(1));
        assertThatThrownBy(times::awaitEnd)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Rejected");
    }
}
