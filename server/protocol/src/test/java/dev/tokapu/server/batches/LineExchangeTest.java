package dev.tokapu.server.batches;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LineExchangeTest {

    private final List<LineExchange> answered = new ArrayList<>();
    private final LineExchange exchange =
            new LineExchange(new BatchRequest(3, "id", new byte[0]), "batch_1", "/v1/completions", answered::add);

    @Test
    void answerThatIsCut_isNone() {
        exchange.begin(200, Map.of());
        boolean unused = exchange.write(new byte[] {'{'});
        exchange.abort();
        exchange.end();
        assertThat(answered).containsExactly(exchange);
        assertThat(exchange.isBroken()).isTrue();
    }

    @Test
    void answerThatEnds_isWhole() {
        exchange.respond(200, Map.of("content-type", "application/json"), new byte[] {'{', '}'});
        exchange.abort();
        assertThat(answered).containsExactly(exchange);
        assertThat(exchange.isBroken()).isFalse();
        assertThat(exchange.sent()).containsExactly('{', '}');
    }
}
