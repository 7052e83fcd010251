package dev.tokapu.benchmarks.prefix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ServerEventTest {

    @Test
    void piece_bringsTokens() throws IOException {
        ServerEvent event = ServerEvent.parse(
                " {\"index\":0,\"content\":\"a b\",\"tokens\":[5,66],\"stop\":false,\"tokens_predicted\":2}");
        assertThat(event.tokens()).containsExactly(5, 66);
        assertThat(event.isLast()).isFalse();
    }

    @Test
    void last_saysWhatWasCached() throws IOException {
        ServerEvent event = ServerEvent.parse(
                "{\"content\":\"\",\"tokens\":[],\"stop\":true,"
                        + "\"generation_settings\":{\"stop\":[],\"tokens\":[7]},\"timings\":{\"prompt_n\":3,\"cache_n\":41,\"x\":{}}}");
        assertThat(event.tokens()).isEmpty();
        assertThat(event.isLast()).isTrue();
        assertThat(event.cachedTokens()).isEqualTo(41);
    }

    @Test
    void error_isThrown() {
        assertThatThrownBy(() -> ServerEvent.parse("{\"error\":{\"message\":\"too long\"}}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("too long");
    }
}
