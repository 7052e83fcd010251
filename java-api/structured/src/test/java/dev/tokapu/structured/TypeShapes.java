package dev.tokapu.structured;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The types of the tests. */
public final class TypeShapes {

    private TypeShapes() {}

    public enum Color {
        RED,
        @JsonProperty("grün")
        GREEN
    }

    public sealed interface Shape permits Circle, Square, Group {}

    public record Circle(double radius) implements Shape {}

    public record Square(
            @JsonPropertyDescription("in metres") double side) implements Shape {}

    public record Group(List<Shape> members) implements Shape {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Dog.class, name = "dog"),
        @JsonSubTypes.Type(value = Cat.class, name = "cat")
    })
    public interface Animal {}

    public record Dog(int barks) implements Animal {}

    public record Cat(int lives) implements Animal {}

    public record Pair<A, B>(A first, B second) {}

    public record Tree(
            String name, List<Tree> children, @Nullable Tree left) {}

    @JsonClassDescription("a human")
    public record Person(
            @JsonPropertyDescription("full name") @Size(min = 1, max = 30)
            String name,

            @Min(0) @Max(150) int age) {}

    public record Bounds(
            @Min(18) int adult,
            @Max(-1) short negative,
            @Positive long positive,
            @Min(100) long hundred,
            @Size(min = 1, max = 3) List<@Min(1) @Max(6) Integer> dice,
            @Pattern(regexp = "[A-Z]{3}|x") String code,
            @Email String mail) {}

    public record InnerBounds(
            Optional<@Size(max = 3) String> text,
            Map<String, @Min(1) @Max(3) Integer> numbers,
            @Nullable @Size(max = 2) String maybe) {}

    public record Scalars1(
            boolean yes,
            byte b,
            short s,
            int i,
            long l,
            float f,
            double d,
            char c,
            Integer boxed,
            BigInteger big,
            BigDecimal exact,
            String text,
            UUID id,
            URI uri) {}

    public record Times(
            LocalDate date,
            LocalTime time,
            LocalDateTime dateTime,
            OffsetDateTime offset,
            OffsetTime offsetTime,
            ZonedDateTime zoned,
            Instant instant,
            Duration duration,
            Period period,
            Year year,
            YearMonth month,
            MonthDay day) {}

    public record Containers(
            List<String> list,
            Set<Color> set,
            Map<String, Pair<String, LocalDate>> map,
            Map<Color, Integer> byColor,
            Optional<String> maybe,
            OptionalInt maybeInt,
            OptionalDouble maybeDouble,
            @Nullable Color nullable,
            Optional<Pair<Integer, Integer>> pair,
            List<Optional<Color>> colors,
            Object anything) {}

    /** What the Kotlin compiler makes of a data class, or people write by hand: fields, a constructor, getters. */
    public static final class Account {
        private final String owner;
        private final int balance;

        @JsonCreator
        public Account(@JsonProperty("owner") String owner, @JsonProperty("balance") int balance) {
            this.owner = owner;
            this.balance = balance;
        }

        public String getOwner() {
            return owner;
        }

        public int getBalance() {
            return balance;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Account account && account.owner.equals(owner) && account.balance == balance;
        }

        @Override
        public int hashCode() {
            return Objects.hash(owner, balance);
        }
    }

    public record Even(int number) {
        public Even {
            if (number % 2 != 0) {
                throw new IllegalArgumentException(number + " is odd");
            }
        }
    }
}
