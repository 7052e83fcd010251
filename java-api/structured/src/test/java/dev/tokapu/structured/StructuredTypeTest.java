package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.chat.TypeRef;
import dev.tokapu.internal.util.Json;
import dev.tokapu.structured.TypeShapes.Account;
import dev.tokapu.structured.TypeShapes.Animal;
import dev.tokapu.structured.TypeShapes.Bounds;
import dev.tokapu.structured.TypeShapes.Cat;
import dev.tokapu.structured.TypeShapes.Circle;
import dev.tokapu.structured.TypeShapes.Color;
import dev.tokapu.structured.TypeShapes.Containers;
import dev.tokapu.structured.TypeShapes.Even;
import dev.tokapu.structured.TypeShapes.Group;
import dev.tokapu.structured.TypeShapes.InnerBounds;
import dev.tokapu.structured.TypeShapes.Pair;
import dev.tokapu.structured.TypeShapes.Person;
import dev.tokapu.structured.TypeShapes.Scalars1;
import dev.tokapu.structured.TypeShapes.Shape;
import dev.tokapu.structured.TypeShapes.Square;
import dev.tokapu.structured.TypeShapes.Times;
import dev.tokapu.structured.TypeShapes.Tree;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StructuredTypeTest {

    private static <T> void assertRoundTrip(StructuredType<T> type, T value) {
        String json = type.write(value);
        assertThat(type.parse(json)).as(json).isEqualTo(value);
    }

    private static <T> void assertRefused(StructuredType<T> type, String json, String... fragments) {
        assertThatExceptionOfType(StructuredOutputException.class)
                .as(json)
                .isThrownBy(() -> type.parse(json))
                .satisfies(e -> assertThat(List.of(fragments)).allMatch(e.getMessage()::contains, e.getMessage()))
                .satisfies(e -> assertThat(e.text()).isEqualTo(json))
                .satisfies(e -> assertThat(e.finishReason()).isNull());
    }

    @Test
    void schema_record_isClosedRequiredAndDescribed() {
        assertThat(Json.read(StructuredType.of(Person.class).schema()))
                .isEqualTo(Json.read("{'type':'object','properties':{"
                        .concat("'name':{'type':'string','description':'full name','minLength':1,'maxLength':30},")
                        .concat("'age':{'type':'integer','minimum':0,'maximum':150}},")
                        .concat("'description':'a human','required':['name','age'],'additionalProperties':false}")
                        .replace('\'', '"')));
    }

    @Test
    void schema_properties_comeInOrderOfDeclaration() {
        assertThat(StructuredType.of(Containers.class).schema())
                .containsSubsequence("list", "set", "map", "byColor", "maybe", "maybeInt", "nullable", "anything");
    }

    @Test
    void prompt_default_addsTheShortSchema() {
        String prompt = StructuredType.of(Scalars1.class).prompt("Who?");
        assertThat(prompt)
                .startsWith("Who?\n\nAnswer with JSON")
                .contains("\"i\":{\"type\":\"integer\"}")
                .contains("\"id\":{\"type\":\"string\",\"format\":\"uuid\"}")
                .doesNotContain("additionalProperties")
                .doesNotContain("$schema");
    }

    @Test
    void prompt_otherInstruction_isUsed() {
        StructuredType<Even> type = StructuredType.of(Even.class);
        assertThat(type.withoutInstruction().prompt("Q")).isEqualTo("Q");
        assertThat(type.withInstruction("As {schema}!").prompt("Q"))
                .startsWith("Q\n\nAs {\"type\":\"object\"")
                .endsWith("}!");
    }

    @Test
    void parse_scalars_roundTrip() {
        assertRoundTrip(
                StructuredType.of(Scalars1.class),
                new Scalars1(
                        true,
                        Byte.MIN_VALUE,
                        Short.MAX_VALUE,
                        Integer.MIN_VALUE,
                        Long.MIN_VALUE,
                        Float.MAX_VALUE,
                        -Double.MAX_VALUE,
                        'ä',
                        7,
                        new BigInteger("123456789012345678901234567890"),
                        new BigDecimal("1.500"),
                        "\"quoted\" \\ \ud83d\ude00\n",
                        UUID.fromString("3f0b6f31-9f90-4c36-bb9f-76b061ea7ec6"),
                        URI.create("https://example.org/a?b=c#d")));
    }

    @Test
    void parse_times_roundTrip() {
        OffsetDateTime offset = OffsetDateTime.parse("2024-02-29T23:59:59.123+02:00");
        assertRoundTrip(
                StructuredType.of(Times.class),
                new Times(
                        LocalDate.of(2000, 2, 29),
                        LocalTime.of(10, 15),
                        LocalDateTime.of(1999, 12, 31, 23, 59, 1, 500),
                        offset,
                        OffsetTime.parse("10:15:30Z"),
                        ZonedDateTime.parse("2024-02-29T10:15:30-05:00"),
                        Instant.parse("2024-02-29T10:15:30.000001Z"),
                        Duration.parse("PT8H6M12.345S"),
                        Period.of(1, 2, 3),
                        Year.of(2024),
                        YearMonth.of(2024, 2),
                        MonthDay.of(2, 29)));
    }

    @Test
    void parse_containers_roundTrip() {
        assertRoundTrip(
                StructuredType.of(Containers.class),
                new Containers(
                        List.of("a", ""),
                        Set.of(Color.GREEN),
                        Map.of("k", new Pair<>("x", LocalDate.of(2024, 1, 1))),
                        Map.of(Color.RED, 1),
                        Optional.empty(),
                        OptionalInt.of(3),
                        OptionalDouble.empty(),
                        null,
                        Optional.of(new Pair<>(1, 2)),
                        List.of(Optional.empty(), Optional.of(Color.RED)),
                        List.of(1, "b", Map.of("c", true))));
    }

    @Test
    void parse_sealedInterface_roundTrips() {
        StructuredType<Shape> type = StructuredType.of(Shape.class);
        assertRoundTrip(type, new Group(List.of(new Circle(1.5), new Group(List.of()), new Square(2))));
        assertThat(type.write(new Circle(1))).isEqualTo("{\"type\":\"Circle\",\"radius\":1.0}");
        assertRoundTrip(StructuredType.of(Circle.class), new Circle(2));
        assertRefused(type, "{\"radius\":1.0}", "required property");
        assertRefused(type, "{\"type\":\"Circle\",\"side\":1.0}");
    }

    @Test
    void parse_annotatedSubtypes_roundTrip() {
        StructuredType<Animal> type = StructuredType.of(Animal.class);
        assertRoundTrip(type, new Cat(7));
        assertThat(type.write(new Cat(7))).contains("\"kind\":\"cat\"");
    }

    @Test
    void parse_genericType_roundTrips() {
        assertRoundTrip(
                StructuredType.of(new TypeRef<List<Pair<String, Map<String, Pair<Integer, Color>>>>>() {}),
                List.of(new Pair<>("a", Map.of("b", new Pair<>(1, Color.GREEN)))));
        assertRoundTrip(StructuredType.of(String.class), "text");
        assertRoundTrip(StructuredType.of(Color.class), Color.GREEN);
        assertThat(StructuredType.of(int[].class).parse("[1, 2]")).containsExactly(1, 2);
        assertThat(StructuredType.of(byte[].class).parse("\"AQI=\"")).containsExactly(1, 2);
    }

    @Test
    void parse_recursiveType_roundTrips() {
        Tree leaf = new Tree("leaf", List.of(), null);
        assertRoundTrip(StructuredType.of(Tree.class), new Tree("root", List.of(leaf, leaf), leaf));
    }

    @Test
    void parse_classWithConstructor_roundTrips() {
        assertRoundTrip(StructuredType.of(Account.class), new Account("Ann", 3));
    }

    @Test
    void parse_bounds_areChecked() {
        StructuredType<Bounds> type = StructuredType.of(Bounds.class);
        assertRoundTrip(type, new Bounds(18, (short) -1, 1, 100, List.of(6), "ABC", "a@b.org"));
        String good = "{'adult':18,'negative':-1,'positive':1,'hundred':100,'dice':[6],'code':'ABC','mail':'a@b.org'}"
                .replace('\'', '"');
        type.parse(good);
        assertRefused(type, good.replace("18", "17"), "adult");
        assertRefused(type, good.replace("-1", "0"), "negative");
        assertRefused(type, good.replace("'positive':1".replace('\'', '"'), "\"positive\":0"), "positive");
        assertRefused(type, good.replace("100", "99"), "hundred");
        assertRefused(type, good.replace("6", "7"), "/dice/0");
        assertRefused(type, good.replace("6", ""), "dice");
        assertRefused(type, good.replace("ABC", "xABC"), "code");
        assertRefused(type, good.replace("a@b.org", "nobody"), "mail");
    }

    @Test
    void write_whatBreaksARule_throws() {
        StructuredType<Bounds> type = StructuredType.of(Bounds.class);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> type.write(new Bounds(17, (short) -1, 1, 100, List.of(6), "ABC", "a@b.org")))
                .withMessageContaining("/adult");
    }

    @Test
    void parse_boundsInsideTypes_areChecked() {
        StructuredType<InnerBounds> type = StructuredType.of(InnerBounds.class);
        assertRoundTrip(type, new InnerBounds(Optional.of("abc"), Map.of("a", 3), "ab"));
        assertRoundTrip(type, new InnerBounds(Optional.empty(), Map.of(), null));
        String good = "{'text':null,'numbers':{'a':3},'maybe':null}".replace('\'', '"');
        type.parse(good);
        assertRefused(type, good.replaceFirst("null", "\"abcd\""), "/text");
        assertRefused(type, good.replace("3", "4"), "/numbers/a");
        assertRefused(type, good.replace("null}", "\"abc\"}"), "/maybe");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "null",
                "[]",
                "12",
                "{\"name\":\"Ann\",\"age\":1} x",
                "{\"name\":\"Ann\"}",
                "{\"name\":\"Ann\",\"age\":null}",
                "{\"name\":\"Ann\",\"age\":\"1\"}",
                "{\"name\":\"Ann\",\"age\":1.5}",
                "{\"name\":\"Ann\",\"age\":1,\"more\":1}",
                "{\"name\":\"Ann\",\"age\":99999999999999999999999999}",
                "{\"name\":\"Ann\",\"age\":1e999999999}",
                "{\"name\":\"Ann\",\"age\":1e9999999999999999}"
            })
    void parse_noPerson_throws(String text) {
        assertRefused(StructuredType.of(Person.class), text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"2023-02-29", "1900-02-29", "2024-04-31", "2024-00-01", "2024-13-01", "24-01-01", "2024-1-1"})
    void parse_noDate_throws(String date) {
        assertRefused(StructuredType.of(LocalDate.class), '"' + date + '"', "pattern");
    }

    @Test
    void parse_numberBeyondDouble_throws() {
        assertRefused(StructuredType.of(double.class), "1e309", "maximum");
    }

    @Test
    void schema_patterns_areWithinTheLimitOfGrammars() {
        for (Class<?> type : List.of(Times.class, Scalars1.class, Bounds.class, java.net.URL.class, byte[].class)) {
            List<String> patterns = new ArrayList<>();
            collectPatterns(Json.read(StructuredType.of(type).schema()), patterns);
            assertThat(patterns).isNotEmpty().allMatch(pattern -> pattern.length() < 1000);
        }
    }

    private static void collectPatterns(Object node, List<String> patterns) {
        if (node instanceof Map<?, ?> map) {
            if (map.get("pattern") instanceof String pattern) {
                patterns.add(pattern);
            }
            map.values().forEach(value -> collectPatterns(value, patterns));
        }
    }

    @Test
    void parse_constructorRefuses_throwsWithItsMessage() {
        assertRefused(StructuredType.of(Even.class), "{\"number\":3}", "3 is odd");
    }
}
