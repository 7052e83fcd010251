package dev.tokapu.internal.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.testsupport.Corpus;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {

    @Test
    void write_allTypes_isCompactJson() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("text", "a\"b\n\u00e9");
        map.put("int", 42);
        map.put("double", 1.5);
        map.put("float", 0.1f);
        map.put("big", new BigInteger("123456789012345678901"));
        map.put("yes", true);
        map.put("nothing", null);
        map.put("list", Arrays.asList(1L, "x", List.of()));
        map.put("raw", new Json.Raw("{\"a\":[]}"));
        assertThat(Json.write(map))
                .isEqualTo("{\"text\":\"a\\\"b\\n\u00e9\",\"int\":42,\"double\":1.5,\"float\":0.1,"
                        + "\"big\":123456789012345678901,\"yes\":true,\"nothing\":null,\"list\":[1,\"x\",[]],"
                        + "\"raw\":{\"a\":[]}}");
    }

    @Test
    void read_whatWasWritten_isTheSame() {
        for (String text : Corpus.strings()) {
            Object value = Map.of("a", List.of(text, 1L, 2.5, true));
            assertThat(Json.read(Json.write(value))).isEqualTo(value);
        }
    }

    @Test
    void read_malformed_throws() {
        for (String text : List.of("", " ", "{", "[1,", "{\"a\":}", "nul", "1 2", "{} x", "\"a")) {
            assertThatIllegalArgumentException().as(text).isThrownBy(() -> Json.read(text));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> Json.readObject("[]"));
        assertThatIllegalArgumentException().isThrownBy(() -> Json.read("[".repeat(5000)));
    }

    @Test
    void write_unknownTypeOrCycle_throws() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Json.write(new Object()))
                .withMessageContaining("java.lang.Object");
        assertThatIllegalArgumentException().isThrownBy(() -> Json.write(Double.NaN));
        List<Object> cycle = new ArrayList<>();
        cycle.add(cycle);
        assertThatIllegalArgumentException().isThrownBy(() -> Json.write(cycle));
    }
}
