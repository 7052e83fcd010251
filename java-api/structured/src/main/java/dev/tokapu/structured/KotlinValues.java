package dev.tokapu.structured;

import com.fasterxml.jackson.databind.JavaType;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Kotlin's value classes and unsigned numbers, which Kotlin's module for Jackson reads as the value inside.
 *
 * <p>Thread safety: safe.
 */
final class KotlinValues {

    private static final Map<String, Integer> UNSIGNED_BITS =
            Map.of("kotlin.UByte", 8, "kotlin.UShort", 16, "kotlin.UInt", 32, "kotlin.ULong", 64);

    private KotlinValues() {}

    /**
     * What a value class holds.
     *
     * @param type its type
     * @param location the place of the whole, with the rules that the class has about it
     */
    record Inside(JavaType type, TypeLocation location) {}

    /**
     * What is inside a value class; null for another class.
     *
     * @throws IllegalArgumentException when nobody can see it
     */
    static @Nullable Inside inside(JavaType type, TypeLocation location) {
        Class<?> raw = type.getRawClass();
        Field field = isValueClass(raw) ? field(raw) : null;
        if (field == null) {
            return null;
        }
        if (raw.getName().startsWith("kotlin.")) {
            throw Refusal.of(
                    location.path(), type, "of Kotlin's own value classes only UByte, UShort, UInt and ULong can");
        }
        if (raw.getTypeParameters().length > 0 || type.isContainerType()) {
            throw Refusal.of(
                    location.path(),
                    type,
                    "a value class that is generic or a collection does not tell what is inside; use a data class");
        }
        // The methods that the compiler makes, such as unbox-impl, give a List<String> as a List.
        List<AnnotatedType> types = List.of(field.getAnnotatedType());
        List<Rule> rules = Rule.in(TypeLocation.annotations(List.of(field, field.getAnnotatedType())));
        TypeLocation inside = new TypeLocation(
                        location.path(), location.property(), types, location.rules(), location.nullable())
                .with(rules);
        return new Inside(Jackson.MAPPER.constructType(field.getGenericType()), inside);
    }

    private static boolean isValueClass(Class<?> raw) {
        for (Annotation annotation : raw.getDeclaredAnnotations()) {
            if (annotation.annotationType().getName().equals("kotlin.jvm.JvmInline")) {
                return true;
            }
        }
        return false;
    }

    /** It has no other. */
    private static @Nullable Field field(Class<?> raw) {
        for (Field field : raw.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                return field;
            }
        }
        return null;
    }

    /** An unsigned number; null for another class. */
    static Scalars.@Nullable Kind unsigned(JavaType type) {
        Integer bits = UNSIGNED_BITS.get(type.getRawClass().getName());
        return bits == null
                ? null
                : new Scalars.Kind(
                        "integer",
                        null,
                        null,
                        null,
                        BigDecimal.ZERO,
                        BigDecimal.valueOf(2).pow(bits).subtract(BigDecimal.ONE));
    }
}
