package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
    void of_nullAndNotANumber_areNull() {
        assertThat(Json.of(null)).isEqualTo("null");
        assertThat(Json.of(Double.NaN)).isEqualTo("null");
    }
}
