package dev.tokapu.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.tokapu.chat.TypeRef;
import dev.tokapu.structured.TypeShapes.Animal;
import dev.tokapu.structured.TypeShapes.Cat;
import dev.tokapu.structured.TypeShapes.Dog;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Hierarchies of classes, whole and by their parts. */
class SubtypesTest {

    private static <T> void assertRoundTrip(StructuredType<T> type, T value, String... fragments) {
        String json = type.write(value);
        assertThat(List.of(fragments)).allMatch(json::contains, json);
        assertThat(type.parse(json)).isEqualTo(value);
    }

    record Owner(Dog dog, List<Cat> cats, @Nullable Animal other) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Car.class, name = "car"),
        @JsonSubTypes.Type(value = Bike.class, name = "bike")
    })
    abstract static class Vehicle {
        public int wheels;

        @Override
        @SuppressWarnings("EqualsGetClass") // the kinds are told apart
        public boolean equals(Object other) {
            return other != null && other.getClass() == getClass() && ((Vehicle) other).wheels == wheels;
        }

        @Override
        public int hashCode() {
            return wheels;
        }
    }

    static final class Car extends Vehicle {}

    static final class Bike extends Vehicle {}

    @Test
    void of_subtypeByItself_hasItsName() {
        assertRoundTrip(StructuredType.of(Dog.class), new Dog(1), "\"kind\":\"dog\"");
        assertRoundTrip(
                StructuredType.of(Owner.class),
                new Owner(new Dog(1), List.of(new Cat(2)), new Cat(3)),
                "\"kind\":\"cat\"");
        Car car = new Car();
        car.wheels = 4;
        assertRoundTrip(StructuredType.of(Car.class), car, "\"@type\":\"car\"");
        assertRoundTrip(StructuredType.of(Vehicle.class), car, "\"@type\":\"car\"");
        assertThat(StructuredType.of(Dog.class).schema()).doesNotContain("cat");
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "t")
    @JsonSubTypes({@JsonSubTypes.Type(Un1.class), @JsonSubTypes.Type(Un2.class)})
    interface Unnamed {}

    record Un1(int a) implements Unnamed {}

    record Un2(int a) implements Unnamed {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME)
    @JsonSubTypes({@JsonSubTypes.Type(Simple1.class), @JsonSubTypes.Type(Simple2.class)})
    interface Simple {}

    record Simple1(int a) implements Simple {}

    record Simple2(int a) implements Simple {}

    @Test
    void of_subtypesWithoutNames_haveJacksons() {
        assertRoundTrip(StructuredType.of(Unnamed.class), new Un2(1), "\"t\":\"SubtypesTest$Un2\"");
        assertRoundTrip(StructuredType.of(Un1.class), new Un1(1), "\"t\":\"SubtypesTest$Un1\"");
        assertRoundTrip(StructuredType.of(Simple.class), new Simple2(1), "\"Simple2\"");
    }

    sealed interface Res<T> permits Ok, Err {}

    record Ok<T>(T value) implements Res<T> {}

    @SuppressWarnings("rawtypes")
    record Err(String message) implements Res {}

    sealed interface Bound<T> permits Val, Nope {}

    record Val<T>(T value) implements Bound<T> {}

    record Nope(String message) implements Bound<Void> {}

    sealed interface Num<T extends Number> permits Whole, Part {}

    record Whole(int a) implements Num<Integer> {}

    record Part(double a) implements Num<Double> {}

    sealed interface Either<L, R> permits Left, Right {}

    record Left<X, L>(L value) implements Either<L, X> {}

    record Right<L, R>(R value) implements Either<L, R> {}

    record Item(int number) {}

    @Test
    void of_genericHierarchies_areWhole() {
        assertRoundTrip(StructuredType.of(new TypeRef<Num<Integer>>() {}), new Whole(1));
        assertThat(StructuredType.of(new TypeRef<Num<Integer>>() {}).schema()).doesNotContain("Part");
        assertRoundTrip(StructuredType.of(new TypeRef<Res<Item>>() {}), new Ok<>(new Item(1)), "\"Ok\"");
        assertRoundTrip(StructuredType.of(new TypeRef<Bound<Item>>() {}), new Val<>(new Item(1)), "\"Val\"");
        assertRoundTrip(StructuredType.of(new TypeRef<Either<Item, String>>() {}), new Left<>(new Item(1)));
    }

    @Test
    @SuppressWarnings("unchecked")
    void of_subtypeWithoutTheArgument_isRead() {
        assertRoundTrip(StructuredType.of(new TypeRef<Res<Item>>() {}), (Res<Item>) new Err("no"), "\"Err\"");
        assertRoundTrip(
                StructuredType.of(new TypeRef<Bound<Item>>() {}), (Bound<Item>) (Bound<?>) new Nope("no"), "\"Nope\"");
        record Raw(@SuppressWarnings("rawtypes") Res any) {}
        assertRoundTrip(StructuredType.of(Raw.class), new Raw(new Err("no")), "\"Err\"");
        assertRoundTrip(StructuredType.of(Raw.class), new Raw(new Ok<>("text")), "\"Ok\"");
    }

    @JsonDeserialize(as = Impl.class)
    interface Iface {}

    record Impl(int a) implements Iface {}

    record Holds(
            Iface one, @JsonDeserialize(as = Impl.class) Object two) {}

    @Test
    void of_interfaceReadAsAClass_isThatClass() {
        assertRoundTrip(StructuredType.of(Iface.class), new Impl(1));
        assertRoundTrip(StructuredType.of(Holds.class), new Holds(new Impl(1), new Impl(2)));
    }

    @JsonClassDescription("how bad")
    enum Level {
        LOW
    }

    @JsonClassDescription("a shape")
    sealed interface Described permits Round {}

    record Round(int radius) implements Described {}

    record Report(
            @JsonPropertyDescription("the level") Level level,
            @JsonPropertyDescription("the form") @Nullable Described form,
            Level other) {}

    @Test
    void schema_descriptionsOfClassAndProperty_areOne() {
        String schema = StructuredType.of(Report.class).schema();
        assertThat(schema).contains("the level", "the form").doesNotContain("allOf");
        assertRoundTrip(StructuredType.of(Report.class), new Report(Level.LOW, new Round(1), Level.LOW));
    }

    sealed interface Hopeless permits Part2 {}

    record Part2(Part2 again) implements Hopeless {}

    record Lists(@jakarta.validation.constraints.NotEmpty List<Lists> more) {}

    @Test
    void of_typesThatCannotEnd_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StructuredType.of(Hopeless.class))
                .withMessageContaining(".again")
                .withMessageContaining("without end");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StructuredType.of(Lists.class))
                .withMessageStartingWith("Lists.more[] ");
    }
}
