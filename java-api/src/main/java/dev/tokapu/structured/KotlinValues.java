package dev.tokapu.structured;

import com.fasterxml.jackson.databind.JavaType;
import java.lang.annotation.Annotation;
import java.math.BigDecimal;
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

    /** The type inside a value class; null for another class. */
    static @Nullable JavaType inside(JavaType type) {
        Class<?> raw = type.getRawClass();
        for (Annotation annotation : raw.getDeclaredAnnotations()) {
            if (annotation.annotationType().getName().equals("kotlin.jvm.JvmInline")) {
                try {
                    return Jackson.MAPPER.constructType(
                            raw.getDeclaredMethod("unbox-impl").getGenericReturnType());
                } catch (NoSuchMethodException e) {
                    return null;
                }
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
