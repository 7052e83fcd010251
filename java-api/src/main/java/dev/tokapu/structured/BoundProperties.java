package dev.tokapu.structured;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import java.lang.annotation.Annotation;
import java.util.Map;
import java.util.TreeMap;

/**
 * The properties that Jackson reads into a class.
 *
 * <p>Thread safety: safe.
 */
final class BoundProperties {

    private BoundProperties() {}

    /** By name. */
    static Map<String, BeanPropertyDefinition> of(ObjectMapper mapper, Class<?> type) {
        Map<String, BeanPropertyDefinition> properties = new TreeMap<>();
        mapper.getDeserializationConfig().introspect(mapper.constructType(type)).findProperties().stream()
                .filter(BeanPropertyDefinition::couldDeserialize)
                .forEach(property -> properties.put(property.getName(), property));
        return properties;
    }

    /** A property of a Kotlin class that is nullable or has a default; Kotlin's module for Jackson knows. */
    static boolean mayBeAbsent(Class<?> type, BeanPropertyDefinition property) {
        return isKotlin(type) && Boolean.FALSE.equals(property.getMetadata().getRequired());
    }

    static boolean isKotlin(Class<?> type) {
        for (Annotation annotation : type.getDeclaredAnnotations()) {
            if (annotation.annotationType().getName().equals("kotlin.Metadata")) {
                return true;
            }
        }
        return false;
    }
}
