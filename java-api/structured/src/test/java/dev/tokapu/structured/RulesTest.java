package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.validation.Constraint;
import jakarta.validation.OverridesAttribute;
import jakarta.validation.Payload;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Negative;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Past;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rules of Jakarta Validation, wherever classes have them. */
@SuppressWarnings({"ArrayRecordComponent", "MultipleNullnessAnnotations"}) // what people write is tried
class RulesTest {

    @Retention(RetentionPolicy.RUNTIME)
    @Constraint(validatedBy = {})
    @Size(max = 3)
    @Pattern(regexp = "[a-z]*")
    @interface ShortWord {
        String message() default "";

        Class<?>[] groups() default {};

        Class<? extends Payload>[] payload() default {};
    }

    @Retention(RetentionPolicy.RUNTIME)
    @Constraint(validatedBy = {})
    @Min(0)
    @Max(Long.MAX_VALUE)
    @interface Range {
        @OverridesAttribute(constraint = Min.class, name = "value")
        long min() default 0;

        @OverridesAttribute(constraint = Max.class, name = "value")
        long max() default Long.MAX_VALUE;

        String message() default "";

        Class<?>[] groups() default {};

        Class<? extends Payload>[] payload() default {};
    }

    interface Strict {}

    /** One property a, values that keep its rules and values that do not. */
    private static void assertRule(Class<?> type, List<String> good, List<String> bad) {
        StructuredType<?> structured = StructuredType.of(type);
        for (String value : good) {
            String json = "{\"a\":" + value + "}";
            assertThat((Object) structured.parse(json)).as(json).isNotNull();
        }
        for (String value : bad) {
            String json = "{\"a\":" + value + "}";
            assertThatExceptionOfType(StructuredOutputException.class)
                    .as(type + " " + json)
                    .isThrownBy(() -> structured.parse(json))
                    .withMessageContaining("/a");
        }
    }

    private static List<String> texts(String... texts) {
        return List.of(texts).stream().map(text -> '"' + text + '"').toList();
    }

    @Test
    void parse_texts_keepTheirRules() {
        record Blank(@NotBlank String a) {}
        record TwoPatterns(
                @Pattern(regexp = "[a-z]+") @Pattern(regexp = ".*x.*")
                String a) {}
        record TwoSizes(@Size(min = 2) @Size(max = 4) String a) {}
        record Flag(
                @Pattern(regexp = "[a-c]+", flags = Pattern.Flag.CASE_INSENSITIVE)
                String a) {}
        record Whole(@Pattern(regexp = "a|bc") String a) {}
        record Mail(@Email @Size(max = 12) String a) {}
        record MailOf(@Email(regexp = ".*@example\\.org") String a) {}
        record Chars(@Size(min = 2, max = 3) char[] a) {}
        record Composed(@ShortWord String a) {}
        record NotEmptyText(@NotEmpty String a) {}
        assertRule(Blank.class, texts("x", " x ", "\\n."), texts("", "  ", "\\n\\t"));
        assertRule(TwoPatterns.class, texts("x", "axb"), texts("abc", "aXx", ""));
        assertRule(TwoSizes.class, texts("ab", "abcd"), texts("a", "abcde"));
        assertRule(Flag.class, texts("aBc"), texts("aBd"));
        assertRule(Whole.class, texts("a", "bc"), texts("ac", "abc", "a\\n"));
        assertRule(Mail.class, texts("a@b.org"), texts("nobody", "longer@example.org"));
        assertRule(MailOf.class, texts("a@example.org"), texts("a@b.org"));
        assertRule(Chars.class, texts("ab", "abc"), texts("a", "abcd"));
        assertRule(Composed.class, texts("abc"), texts("abcd", "AB"));
        assertRule(NotEmptyText.class, texts(" "), texts(""));
    }

    /** Everyday pairs; the lengths and all counts of an address together are more than a grammar holds. */
    @Test
    void parse_emailsWithLengths_keepTheirRules() {
        record Small(@Email @Size(max = 50) String a) {}
        record Usual(@Email @Size(max = 255) String a) {}
        record Wide(
                @NotBlank @Email @Size(min = 5, max = 320) String a) {}
        record Large(@Email @Size(min = 20) String a) {}
        String address = "jo.doe+x@mail.example.org";
        assertRule(Small.class, texts(address, "a@b.cd"), texts("a@b", "a@b." + "c".repeat(47), "a b@c.de"));
        assertRule(Usual.class, texts(address), texts("a".repeat(65) + "@b.cd", "a@" + "b.".repeat(130) + "cd", ""));
        assertRule(Wide.class, texts(address, "a@" + "b.".repeat(100) + "cd"), texts("a@b.c", "@b.cd", "a@.cd"));
        assertRule(Large.class, texts(address), texts("jo@example.org"));
    }

    @Test
    void parse_numbers_keepTheirRules() {
        record TwoMin(@Min(1) @Min(5) int a) {}
        record Unit(@DecimalMin("0") @DecimalMax("1") double a) {}
        record Open(
                @DecimalMin(value = "0", inclusive = false) @DecimalMax("100")
                BigDecimal a) {}
        record Digit(@Digits(integer = 3, fraction = 2) BigDecimal a) {}
        record Ranged(@Range(min = 2, max = 4) long a) {}
        record True(@AssertTrue boolean a) {}
        record Grouped(
                @Min(value = 5, groups = Strict.class) @Max(9)
                int a) {}
        assertRule(TwoMin.class, List.of("5"), List.of("4", "1"));
        assertRule(Unit.class, List.of("0", "0.5", "1"), List.of("-0.1", "1.1", "95"));
        assertRule(Open.class, List.of("0.1", "100"), List.of("0", "100.5"));
        assertRule(Digit.class, List.of("999.99", "-999"), List.of("1000", "-1000"));
        assertRule(Ranged.class, List.of("2", "4"), List.of("1", "5"));
        assertRule(True.class, List.of("true"), List.of("false"));
        assertRule(Grouped.class, List.of("1"), List.of("10"));
    }

    @Test
    void parse_whatMayBeNull_keepsItsRules() {
        record Stars(@Nullable @Min(1) @Max(5) Integer a) {}
        record Text(@Nullable @Size(max = 2) String a) {}
        record Mail(@Nullable @Email String a) {}
        record Wrapped(@Min(1) @Max(5) OptionalInt a) {}
        record Sized(@Size(max = 2) Optional<String> a) {}
        record Needed(@Nullable @NotNull String a) {}
        assertRule(Stars.class, List.of("null", "5"), List.of("6"));
        assertRule(Text.class, List.of("null", "\"ab\""), List.of("\"abc\""));
        assertRule(Mail.class, List.of("null", "\"a@b.org\""), List.of("\"ab\""));
        assertRule(Wrapped.class, List.of("null", "5"), List.of("6"));
        assertRule(Sized.class, List.of("null", "\"ab\""), List.of("\"abc\""));
        assertRule(Needed.class, List.of("\"\""), List.of("null"));
        assertThat(StructuredType.of(Stars.class).schema())
                .contains("\"a\":{\"anyOf\":[{\"type\":\"integer\",\"minimum\":1,\"maximum\":5},{\"type\":\"null\"}]}");
    }

    @Test
    void parse_insideContainers_keepsTheRules() {
        record Third(@Size(max = 2) List<@Size(max = 2) List<@Max(5) Integer>> a) {}
        record Keys(Map<@Size(max = 3) String, Integer> a) {}
        record Values(@Size(max = 2) Map<String, @Max(5) Integer> a) {}
        record Elements(List<@Nullable String> a) {}
        record NullValues(Map<String, @Nullable Integer> a) {}
        record Deep(Optional<List<@NotBlank String>> a) {}
        record ArrayOf(@Size(max = 2) String[] a) {}
        record Reversed(@Size(max = 2) int[] a) {}
        assertRule(Third.class, List.of("[[5],[]]"), List.of("[[6]]", "[[1,1,1]]", "[[],[],[]]"));
        assertRule(Keys.class, List.of("{\"abc\":1}"), List.of("{\"abcd\":1}"));
        assertRule(Values.class, List.of("{\"x\":5}"), List.of("{\"x\":6}", "{\"x\":1,\"y\":1,\"z\":1}"));
        assertRule(Elements.class, List.of("[null,\"a\"]"), List.of("null", "[1]"));
        assertRule(NullValues.class, List.of("{\"x\":null}"), List.of("{\"x\":\"\"}"));
        assertRule(Deep.class, List.of("null", "[\"a\"]"), List.of("[\" \"]"));
        assertRule(ArrayOf.class, List.of("[\"abc\",\"\"]"), List.of("[\"\",\"\",\"\"]"));
        assertRule(Reversed.class, List.of("[1,2]"), List.of("[1,2,3]"));
    }

    static final class OfCreator {
        private final int a;

        @JsonCreator
        OfCreator(@JsonProperty("a") @Min(3) int a) {
            this.a = a;
        }

        public int getA() {
            return a;
        }
    }

    static final class OfSetter {
        private String a = "";

        public String getA() {
            return a;
        }

        public void setA(@Size(max = 2) @Nullable String a) {
            this.a = a == null ? "" : a;
        }
    }

    static final class OfGetter {
        private String a = "";

        @Size(max = 2)
        public String getA() {
            return a;
        }

        public void setA(String a) {
            this.a = a;
        }
    }

    @Test
    void parse_rulesOfMembers_areKept() {
        assertRule(OfCreator.class, List.of("3"), List.of("2"));
        assertRule(OfSetter.class, List.of("\"ab\"", "null"), List.of("\"abc\""));
        assertRule(OfGetter.class, List.of("\"ab\""), List.of("\"abc\"", "null"));
    }

    @Test
    void parse_pastAndFraction_areNotChecked() {
        record Unchecked(@Past LocalDate a) {}
        record Fraction(@Digits(integer = 1, fraction = 1) double a) {}
        assertRule(Unchecked.class, List.of("\"9999-01-01\""), List.of());
        assertRule(Fraction.class, List.of("0.123"), List.of());
    }

    @Test
    void parse_numbersThatAreRoundedOntoABound_areOutside() {
        record Singles(@Positive float a) {}
        record Doubles(
                @DecimalMin(value = "100", inclusive = false)
                double a) {}
        record Below(@Negative Double a) {}
        record Fine(@DecimalMin("0.12345678901234567890") double a) {}
        assertRule(Singles.class, List.of("0.5", "1.4E-45"), List.of("1e-60", "0.0", "-1.0"));
        assertRule(Doubles.class, List.of("100.5"), List.of("100.00000000000000000001", "100.0"));
        assertRule(Below.class, List.of("-0.5", "-4.9E-324"), List.of("-1e-400", "0.0"));
        assertRule(Fine.class, List.of("0.2", "0.12345678901234568"), List.of("0.12345678901234566"));
    }

    @Test
    void prompt_boundsOfTheUser_areInIt() {
        record Bounded(
                @DecimalMin("-128") @DecimalMax("127") double a,
                @Max(127) int b,
                @JsonProperty("$schema") String c,
                @Positive double d) {}
        assertThat(StructuredType.of(Bounded.class).prompt(""))
                .contains("\"minimum\":-128")
                .contains("\"b\":{\"type\":\"integer\",\"maximum\":127}")
                .contains("\"$schema\":{\"type\":\"string\"}")
                .contains("\"exclusiveMinimum\":0")
                .doesNotContain("E-324");
    }

    @Test
    void schema_ofTestTypes_hasNoAllOf() throws Exception {
        record Plain(
                @Email @Size(max = 9) String a,
                @NotBlank @Size(max = 9) String b) {}
        assertThat(new ObjectMapper()
                        .readTree(StructuredType.of(Plain.class).schema())
                        .findValues("allOf"))
                .isEmpty();
    }
}
