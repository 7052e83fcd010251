package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    @Test
    void of_nestedValues_keepsOrder() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("b", List.of(1, 2.5, true));
        map.put("a", Map.of("x", "y"));
        assertThat(Json.of(map)).isEqualTo("{\"b\":[1,2.5,true],\"a\":{\"x\":\"y\"}}");
    }

    @Test
    void of_controlCharactersAndQuotes_areEscaped() {
        assertThat(Json.of("a\"b\\c\nd\te\u0001")).isEqualTo("\"a\\\"b\\\\c\\nd\\te\\u0001\"");
    }

    @Test
    void read_whatWasWritten_isTheSame() {
        String json = "{\"b\":[1,2.50,true,null],\"a\":{\"x\":\"y\\n\"}}";
        assertThat(Json.of(Json.read(json))).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[1,]", "{} {}", "{\"a\":1,\"a\":2}", "nul"})
    void read_noSingleValue_isRefused(String json) {
        assertThatThrownBy(() -> Json.read(json))
                .isInstanceOf(UncheckedIOException.class)
                .hasCauseInstanceOf(JsonProcessingException.class);
    }

    @Test
    void of_nullAndNotANumber_areNull() {
        assertThat(Json.of(null)).isEqualTo("null");
        assertThat(Json.of(Double.NaN)).isEqualTo("null");
    }
}
