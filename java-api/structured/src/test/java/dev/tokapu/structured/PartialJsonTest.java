package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.internal.util.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartialJsonTest {

    private static PartialJson of(String text) {
        PartialJson json = new PartialJson();
        json.append(text);
        return json;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\": \"Ann\", \"age\": 41, \"tags\": [\"a\", true, null, -1.5e3], \"in\": {\"x\": {}, \"y\": []}}",
                "[[1, 2], [3], [], [{\"a\": [\"b\\\\\\\"c\\u00e4\\ud83d\\ude00d\"]}]]",
                "\"only \\n text \ud83d\ude00\"",
                "{}",
                " [ ] ",
                "{\"a\":{\"b\":{\"c\":[1,{\"d\":false}]}},\"e\":\"\"}"
            })
    void completed_everyPrefix_isJsonThatGrows(String text) {
        PartialJson json = new PartialJson();
        Object before = null;
        for (int i = 0; i < text.length(); i++) {
            json.append(text.substring(i, i + 1));
            if (!json.completed().isEmpty()) {
                Object now = Json.read(json.completed());
                assertGrown(before, now);
                before = now;
            }
            if (!json.settled().isEmpty()) {
                Json.read(json.settled());
            }
        }
        assertThat(before).isEqualTo(Json.read(text));
        assertThat(json.settled()).isEqualTo(json.completed());
    }

    private static void assertGrown(Object before, Object now) {
        if (before instanceof Map<?, ?> map) {
            assertThat(now).isInstanceOf(Map.class);
            map.forEach((key, value) -> assertGrown(value, ((Map<?, ?>) now).get(key)));
        } else if (before instanceof List<?> list) {
            assertThat(((List<?>) now).size()).isGreaterThanOrEqualTo(list.size());
            for (int i = 0; i < list.size(); i++) {
                assertGrown(list.get(i), ((List<?>) now).get(i));
            }
        } else if (before instanceof String text) {
            assertThat((String) now).startsWith(text);
        } else if (before != null) {
            assertThat(now).isEqualTo(before);
        }
    }

    @Test
    void completed_textInProgress_isClosed() {
        assertThat(of("{\"a\": \"b").completed()).isEqualTo("{\"a\": \"b\"}");
        assertThat(of("{\"a\": \"b").settled()).isEqualTo("{}");
    }

    @Test
    void completed_keyWithoutValue_isLeftOut() {
        assertThat(of("{\"a\": 1, \"b").completed()).isEqualTo("{\"a\": 1}");
        assertThat(of("{\"a\": 1, \"b\" :").completed()).isEqualTo("{\"a\": 1}");
    }

    @Test
    void completed_numberInProgress_isLeftOut() {
        assertThat(of("[1, 23").completed()).isEqualTo("[1]");
        assertThat(of("[1, 23 ").completed()).isEqualTo("[1, 23]");
    }

    @Test
    void completed_halfAnEscape_isLeftOut() {
        assertThat(of("[\"a\\").completed()).isEqualTo("[\"a\"]");
        assertThat(of("[\"a\\u00e").completed()).isEqualTo("[\"a\"]");
        assertThat(of("[\"a\\u00e4").completed()).isEqualTo("[\"a\\u00e4\"]");
    }

    @Test
    void completed_halfASurrogatePair_isLeftOut() {
        assertThat(of("[\"a\\ud83d\\ude").completed()).isEqualTo("[\"a\"]");
    }
}
