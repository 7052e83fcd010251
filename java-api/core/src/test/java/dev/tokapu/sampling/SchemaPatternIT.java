package dev.tokapu.sampling;

import dev.tokapu.internal.util.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Patterns, which are looked for anywhere in the decoded text, and what holds beside them. */
class SchemaPatternIT {

    private static SchemaPairs pairs;

    @BeforeAll
    static void load() {
        pairs = new SchemaPairs();
    }

    @AfterAll
    static void close() {
        pairs.close();
    }

    private static String schema(String pattern) {
        return Json.write(Map.of("type", "string", "pattern", pattern));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
        ^\\d{4}$ ~ 2026 ~ 202x
        [0-9] ~ ab1c ~ abc
        ^x- ~ x-y ~ y-x-
        y$ ~ xy ~ yx
        ^.{3}$ ~ a\u00e4\ud83d\ude00 ~ ab
        ^\\S+@\\S+\\.\\S+$ ~ a@b.c ~ a b@c
        ^[A-Z]{2}-\\d{3}$ ~ AB-123 ~ AB-12
        ^[\\w.-]+$ ~ a.b-c_1 ~ a b
        ^[\\w-.]+$ ~ a.b-c_1 ~ a b
        ^https:\\/\\/.*$ ~ https://x ~ http://x
        ^https:// ~ https://x ~ xhttps://x
        ^(?i)abc$ ~ aBC ~ abd
        ^\\+?[0-9]{7,15}$ ~ +49301234567 ~ 123
        ^([01]\\d|2[0-3]):[0-5]\\d$ ~ 23:59 ~ 24:00
        ^yes$|^no$ ~ no ~ yesno
        ^(yes|no)$ ~ no ~ yesno
        ^a+?b*$ ~ aab ~ b
        ^(?=.*\\d)(?=.*[a-z]).{3,8}$ ~ a1b ~ abc
        ^(?!admin)[a-z]+$ ~ user ~ administrator
        ^\\d+\\.\\d+\\.\\d+$ ~ 1.20.3 ~ 1.2
        ^[A-Za-z\u00e4\u00f6\u00fc\u00df ]{2,20}$ ~ J\u00f6rg ~ J
        ^"[a-z]+"$ ~ "ab" ~ ab
        ^[a-z]:\\\\[a-z]+$ ~ c:\\temp ~ c:temp
        ^\\p{Upper}\\p{L}*$ ~ A\u00e4 ~ a
        ^\\p{Lu}\\p{L}*$ ~ \u00c4\u00e4 ~ a
        ^[0-9]{3,}$ ~ 12345 ~ 12
        ^[^@]+@[^@]+$ ~ a@b ~ a@b@c
        ^[\\d,.]+$ ~ 1,2.3 ~ 1;2
        ^[^\\s]+$ ~ ab"c ~ a b
        ^(ab)?x{0}$ ~ ab ~ abx
        ^(a|b|)$ ~ b ~ ab
        ^(a?)*$ ~ aa ~ b
        a^b|c ~ xc ~ ab
        ^(?<year>\\d{2})\\/?$ ~ 26 ~ 2
        """)
    void ofJsonSchema_pattern_isLookedForInTheText(String pattern, String allowed, String forbidden) {
        pairs.assertSame(schema(pattern), Json.write(allowed), Json.write(forbidden));
    }

    /** JSON writes these in other ways. */
    @Test
    void ofJsonSchema_patternOfControls_isOfTheDecodedText() {
        pairs.assertSame(schema("^a\\nb\\t$"), Json.write("a\nb\t"), Json.write("ab"));
        pairs.assertSame(schema("^[\\s\\S]{2}$"), Json.write("\0\u001f"), Json.write("a"));
        pairs.assertSame(schema("^\\x01\\u0002$"), "\"\\u0001\\u0002\"", "\"\\u0001\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
        ^[a-z]*$ ~ 3 ~ 2000 ~ abc ~ ab
        ^[a-z][a-z0-9]*$ ~ 0 ~ 4 ~ a123 ~ a1234
        ^[^@]+@[^@]+$ ~ 0 ~ 5 ~ ab@cd ~ ab@cde
        [0-9] ~ 3 ~ 100 ~ ab1 ~ a1
        ^([a-z]+-)*[a-z]+$ ~ 2 ~ 9 ~ ab-cd ~ a
        ^[a-z]{2}$ ~ 1 ~ 5 ~ ab ~ abc
        """)
    void ofJsonSchema_patternWithLengths_bothHold(String pattern, int min, int max, String allowed, String forbidden) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("pattern", pattern);
        schema.put("minLength", min);
        schema.put("maxLength", max);
        pairs.assertSame(Json.write(schema), Json.write(allowed), Json.write(forbidden));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
        {"format":"date","maxLength":10} ~ 2024-02-29 ~ 2023-02-29
        {"format":"email","maxLength":40} ~ a.b@c.de ~ a.b@c
        {"format":"ipv4"} ~ 127.0.0.1 ~ 127.0.0.256
        {"format":"time"} ~ 12:00:00+01:00 ~ 12:00
        {"format":"date-time"} ~ 2026-11-28T12:00:00.5Z ~ 2026-11-31T12:00:00Z
        {"format":"uuid"} ~ 01234567-89ab-cdef-0123-456789abcdef ~ 01234567
        """)
    void ofJsonSchema_format_holds(String schema, String allowed, String forbidden) {
        pairs.assertGrammar(schema, Json.write(allowed), Json.write(forbidden));
    }
}
