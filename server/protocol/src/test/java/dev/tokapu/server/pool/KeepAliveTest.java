package dev.tokapu.server.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeepAliveTest {

    @ParameterizedTest
    @CsvSource({"0,PT0S", "90,PT90S", "5m,PT5M", "1h30m,PT1H30M", "1.5s,PT1.5S", "100ms,PT0.1S", "0s,PT0S", "2.5,PT2.5S"
    })
    void time_isReadAsPeopleAndOllamaWriteIt(String text, Duration time) {
        assertThat(KeepAlive.parse(text)).isEqualTo(time);
    }

    @Test
    void lessThanNothing_hasNoEnd() {
        assertThat(KeepAlive.parse("-1")).isEqualTo(PoolOptions.FOREVER);
        assertThat(KeepAlive.parse("-1m")).isEqualTo(PoolOptions.FOREVER);
        assertThat(KeepAlive.parse("999999999999h")).isEqualTo(PoolOptions.FOREVER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "5 m", "m", "5d", "1e3", "--1"})
    void whatIsNoTime_isRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeepAlive.parse(text))
                .withMessageContaining(text);
    }
}
