package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.annotation.JsonBackReference;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.databind.util.StdConverter;
import dev.tokapu.structured.TypeShapes.Pair;
import jakarta.validation.constraints.AssertFalse;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Null;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Types of which no answer could be read, or not be written: {@code of} says so, where, and what to do. */
@SuppressWarnings("ArrayRecordComponent") // what people write is tried
class RefusedTypesTest {

    static final class Lower extends StdDeserializer<String> {
        private static final long serialVersionUID = 1L;

        Lower() {
            super(String.class);
        }

        @Override
        public String deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return parser.getText();
        }
    }

    static final class Twice extends StdConverter<String, String> {
        @Override
        public String convert(String value) {
            return value + value;
        }
    }

    enum None {}

    enum Fractions {
        A;

        @JsonValue
        double value() {
            return 1.5;
        }
    }

    record Shapes(int a) {}

    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    record AsArray(int a) {}

    record Pair2(
            Shapes a,
            @JsonFormat(shape = JsonFormat.Shape.ARRAY) Shapes b) {}

    record Written(@JsonValue String value, int other) {}

    static final class Read {
        private final String text;

        @JsonCreator
        Read(String text) {
            this.text = text;
        }

        public String getText() {
            return text;
        }
    }

    record Child(String name, @JsonBackReference Shapes parent) {}

    static final class Secret {
        public int seen;
        private int unseen;

        @Override
        public boolean equals(Object other) {
            return other instanceof Secret secret && secret.unseen == unseen;
        }

        @Override
        public int hashCode() {
            return Integer.hashCode(unseen);
        }
    }

    static Stream<Class<?>> forms() {
        record Form(
                @JsonFormat(shape = JsonFormat.Shape.STRING) BigDecimal a) {}
        record Whole(
                @JsonFormat(shape = JsonFormat.Shape.STRING) int a) {}
        record Truth(
                @JsonFormat(shape = JsonFormat.Shape.NUMBER) boolean a) {}
        record Moment(
                @JsonFormat(shape = JsonFormat.Shape.NUMBER) Instant a) {}
        record Span(
                @JsonFormat(shape = JsonFormat.Shape.NUMBER_INT)
                Duration a) {}
        record Months(@JsonFormat(pattern = "dd MMM yyyy") LocalDate a) {}
        record MonthOnly(@JsonFormat(pattern = "yyyy-MM") LocalDate a) {}
        record Hour(@JsonFormat(pattern = "HH") LocalDateTime a) {}
        record Unwrapped(
                @JsonFormat(with = JsonFormat.Feature.WRITE_SINGLE_ELEM_ARRAYS_UNWRAPPED)
                List<Integer> a) {}
        record Using(@JsonDeserialize(using = Lower.class) String a) {}
        record Content(
                @JsonDeserialize(contentUsing = Lower.class) List<String> a) {}
        record Converted(
                @JsonDeserialize(converter = Twice.class) String a) {}
        record Text(
                @JsonSerialize(using = ToStringSerializer.class)
                int a) {}
        record Raw(@JsonRawValue String a) {}
        record Flat(@JsonUnwrapped Shapes a) {}
        record Choice(None a) {}
        record Fraction(Fractions a) {}
        return Stream.of(
                Form.class,
                Whole.class,
                Truth.class,
                Moment.class,
                Span.class,
                Months.class,
                MonthOnly.class,
                Hour.class,
                Unwrapped.class,
                Using.class,
                Content.class,
                Converted.class,
                Text.class,
                Raw.class,
                Flat.class,
                Choice.class,
                Fraction.class);
    }

    static Stream<Class<?>> rules() {
        record Ranges(@Min(5) @Max(3) int a) {}
        record Open(
                @DecimalMin(value = "1", inclusive = false) @DecimalMax(value = "1")
                double a) {}
        record Between(
                @DecimalMin(value = "1", inclusive = false) @DecimalMax(value = "2", inclusive = false)
                int a) {}
        record Sizes(@Size(min = 5, max = 3) String a) {}
        record Large(@Size(min = 3000) String a) {}
        record TwoSizes(
                @Size.List({@Size(min = 5), @Size(max = 4)}) List<String> a) {}
        record Both(@AssertTrue @AssertFalse boolean a) {}
        record MinText(@Min(3) String a) {}
        record DigitsText(@Digits(integer = 3, fraction = 2) String a) {}
        record Nothing(@Null String a) {}
        record SizedNumber(@Size(max = 3) int a) {}
        record SizedBytes(@Size(max = 3) byte[] a) {}
        record PositiveDate(@Positive LocalDate a) {}
        record BadPattern(@Pattern(regexp = "(") String a) {}
        record Flags(
                @Pattern(regexp = "a", flags = Pattern.Flag.COMMENTS)
                String a) {}
        record Inner(Pair<@Size(max = 3) String, Integer> a) {}
        record Wrapper(Written a) {}
        record Factory(Read a) {}
        record Holder(AsArray a) {}
        return Stream.of(
                Ranges.class,
                Open.class,
                Between.class,
                Sizes.class,
                Large.class,
                TwoSizes.class,
                Both.class,
                MinText.class,
                DigitsText.class,
                Nothing.class,
                SizedNumber.class,
                SizedBytes.class,
                PositiveDate.class,
                BadPattern.class,
                Flags.class,
                Inner.class,
                Wrapper.class,
                Factory.class,
                Holder.class);
    }

    @ParameterizedTest
    @MethodSource({"forms", "rules"})
    void of_formThatIsNotReadBack_namesThePath(Class<?> type) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StructuredType.of(type))
                .withMessageStartingWith(type.getSimpleName() + ".a")
                .withMessageContaining("cannot be expressed in an answer");
    }

    @Test
    void of_shapeOfOneProperty_namesThePath() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StructuredType.of(Pair2.class))
                .withMessageStartingWith("Pair2.b is a ");
    }

    @Test
    void of_whatJacksonRefuses_namesTheClass() {
        record Bad(@JsonFormat(pattern = "jj") LocalTime a) {}
        record Parent(Bad a, List<Child> b) {}
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StructuredType.of(Parent.class))
                .withMessageStartingWith("Parent.a is a ")
                .withMessageContaining("Unknown pattern letter");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StructuredType.of(Child.class))
                .withMessageStartingWith("Child is a ")
                .withMessageContaining("back-reference");
    }

    @Test
    void of_fieldThatJacksonDoesNotRead_isNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StructuredType.of(Secret.class))
                .withMessageContaining("unseen");
    }

    record NoText(@Pattern(regexp = "a{5}") @Size(max = 3) String a) {}

    record Chain(
            @Nullable Chain next,
            @Pattern(regexp = "a{5}") @Size(max = 3) String text) {}

    sealed interface Branch permits One, Other {}

    record One(NoText a) implements Branch {}

    record Other(NoText b) implements Branch {}

    @Test
    void of_ruleThatNoGrammarHolds_namesThePath() {
        record Two(NoText b, NoText c) {}
        record Items(@NotEmpty List<@NotEmpty List<NoText>> b) {}
        record Slashes(@JsonProperty("in/~me") NoText b) {}
        record Branches(@NotEmpty List<Branch> b, Branch c) {}
        Map<Class<?>, String> paths = Map.of(
                NoText.class, "NoText.a",
                Chain.class, "Chain.text",
                Two.class, "Two.b.a",
                Items.class, "Items.b[][].a",
                Slashes.class, "Slashes.in/~me.a",
                Branches.class, "Branches.b[]<One>.a.a");
        paths.forEach((type, path) -> assertThatIllegalArgumentException()
                .isThrownBy(() -> StructuredType.of(type))
                .withMessage(path + " cannot be expressed in an answer: no text fits the pattern, the format and the"
                        + " lengths"));
    }
}
