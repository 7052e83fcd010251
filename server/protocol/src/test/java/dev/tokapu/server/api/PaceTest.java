package dev.tokapu.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final long SECOND = 1_000_000_000;

    private final Pace pace = new Pace(Duration.ofSeconds(60));

    @Test
    void client_thatTakesALittle_hasWhatIsLeftOfTheTime() {
        pace.sent(Pace.LEAST);
        assertThat(pace.begin(0)).hasSeconds(60);
        pace.end(59 * SECOND);
        pace.sent(300);
        assertThat(pace.begin(1000 * SECOND))
                .as("a slow model is not the client's fault")
                .hasSeconds(1);
        pace.end(1001 * SECOND);
        assertThat(pace.begin(1001 * SECOND)).isZero();
    }

    @Test
    void client_thatTakesEnough_hasAllOfTheTimeAgain() {
        assertThat(pace.begin(0)).hasSeconds(60);
        pace.end(40 * SECOND);
        pace.sent(Pace.LEAST);
        assertThat(pace.begin(40 * SECOND)).hasSeconds(60);
    }
}
