package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonKey;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code of} takes is read as it is written, with the annotations that classes have. */
class AgreementTest {

    private static <T> void assertRoundTrip(Class<T> type, T value, String json) {
        StructuredType<T> structured = StructuredType.of(type);
        assertThat(structured.write(value)).isEqualTo(json.replace('\'', '"'));
        assertThat(structured.parse(structured.write(value))).isEqualTo(value);
    }

    record Bill(
            @JsonFormat(pattern = "dd.MM.yyyy") LocalDate due,
            @JsonFormat(pattern = "uuuu-MM-dd HH:mm:ss") LocalDateTime at,
            @JsonFormat(pattern = "HHmm") LocalTime from,
            @JsonFormat(pattern = "MM/yyyy") YearMonth month,

            @JsonFormat(pattern = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", timezone = "UTC")
            Instant stamp,

            @JsonFormat(pattern = "yyyy/MM/dd") List<LocalDate> days) {}

    @Test
    void of_datePatterns_areFollowed() {
        LocalDate leap = LocalDate.of(2024, 2, 29);
        assertRoundTrip(
                Bill.class,
                new Bill(
                        leap,
                        leap.atTime(23, 59, 1),
                        LocalTime.of(7, 5),
                        YearMonth.of(2024, 12),
                        Instant.parse("2024-02-29T01:02:03.004Z"),
                        List.of(leap)),
                "{'due':'29.02.2024','at':'2024-02-29 23:59:01','from':'0705','month':'12/2024',"
                        + "'stamp':'2024-02-29T01:02:03.004Z','days':['2024/02/29']}");
        assertThatExceptionOfType(StructuredOutputException.class)
                .isThrownBy(() -> StructuredType.of(Bill.class)
                        .parse(StructuredType.of(Bill.class)
                                .write(new Bill(
                                        leap,
                                        leap.atTime(23, 59, 1),
                                        LocalTime.of(7, 5),
                                        YearMonth.of(2024, 12),
                                        Instant.EPOCH,
                                        List.of(leap)))
                                .replace("29.02.2024", "29.02.2023")))
                .withMessageContaining("/due");
    }

    record Kept(
            @JsonFormat(shape = JsonFormat.Shape.STRING) LocalDate day,
            @JsonFormat(shape = JsonFormat.Shape.STRING) Duration time,
            @JsonFormat(shape = JsonFormat.Shape.STRING) String text) {}

    @Test
    void of_formatThatChangesNothing_isTaken() {
        assertRoundTrip(
                Kept.class,
                new Kept(LocalDate.EPOCH, Duration.ofSeconds(5), "a"),
                "{'day':'1970-01-01','time':'PT5S','text':'a'}");
    }

    @JsonPropertyOrder({"reasoning", "answer"})
    record Ordered(String answer, String reasoning) {}

    record Indexed(
            @JsonProperty(index = 1) String b,
            @JsonProperty(index = 0) String a) {}

    @Test
    void schema_propertyOrder_isJacksons() {
        assertRoundTrip(Ordered.class, new Ordered("a", "r"), "{'reasoning':'r','answer':'a'}");
        assertThat(StructuredType.of(Ordered.class).schema()).containsSubsequence("reasoning", "answer");
        assertThat(StructuredType.of(Indexed.class).schema()).containsSubsequence("\"a\"", "\"b\"");
        assertRoundTrip(Indexed.class, new Indexed("b", "a"), "{'a':'a','b':'b'}");
    }

    record Ignoring(String a, @JsonIgnore String b) {}

    record UserId(@JsonValue String value) {}

    record Count(@JsonValue int value) {
        @JsonCreator
        static Count of(int value) {
            return new Count(value);
        }
    }

    record Tags(@JsonValue List<String> all) {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        Tags {}
    }

    record Wrapping(UserId id, Count count, Tags tags, Map<String, UserId> byName) {}

    @Test
    void of_ignoredComponent_isLeftOut() {
        assertRoundTrip(Ignoring.class, new Ignoring("a", null), "{'a':'a'}");
    }

    @Test
    void of_wrappers_areTheirValues() {
        assertRoundTrip(
                Wrapping.class,
                new Wrapping(new UserId("u"), new Count(3), new Tags(List.of("t")), Map.of("n", new UserId("v"))),
                "{'id':'u','count':3,'tags':['t'],'byName':{'n':'v'}}");
    }

    enum Keyed {
        A("x", "k1"),
        B("y", "k2");

        @JsonValue
        final String value;

        @JsonKey
        final String key;

        Keyed(String value, String key) {
            this.value = value;
            this.key = key;
        }
    }

    enum Numbered {
        ONE(1),
        TWO(2);

        private final int number;

        Numbered(int number) {
            this.number = number;
        }

        @JsonValue
        int value() {
            return number;
        }
    }

    enum Plain {
        A,
        B
    }

    @Test
    void of_enums_areWhatJacksonReadsBack() {
        record Some(
                Map<Numbered, Keyed> keyed,
                Numbered number,
                @JsonFormat(shape = JsonFormat.Shape.NUMBER) Plain byNumber) {}
        assertRoundTrip(Some.class, new Some(Map.of(), Numbered.TWO, Plain.B), "{'keyed':{},'number':2,'byNumber':1}");
        record Keys(Map<Keyed, Integer> byKey) {}
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StructuredType.of(Keys.class))
                .withMessageStartingWith("Keys.byKey is a ")
                .withMessageContaining("@JsonKey");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0e8826114617523202", "1E999999999", "1E9999", "-1e-0001"})
    void parse_exponentOfManyDigits_isRefusedAtOnce(String number) {
        assertThatExceptionOfType(StructuredOutputException.class)
                .isThrownBy(() -> StructuredType.of(BigDecimal.class).parse(number))
                .withMessageContaining("exponent");
    }
}
