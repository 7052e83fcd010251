package dev.tokapu.server.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTemplateTest {

    private static Object value(String text) {
        List<Object> list = new ArrayList<>(List.of(1, Map.of("text", text)));
        list.add(null);
        list.add("gap-");
        return Map.of("all", list);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "\"quoted\"",
                "back\\slash",
                "two\nlines\r\t",
                "\u0000\u001f\u007f",
                "é€",
                "\ud83d\ude00",
                "</script>",
                "\u2028"
            })
    void text_isWrittenAsInTheWhole(String text) {
        JsonTemplate template = JsonTemplate.of(JsonTemplateTest::value);
        assertThat(template.with(text)).isEqualTo(JsonText.write(value(text)));
        assertThat(template.with(text)).isEqualTo(template.with(text));
    }
}
