package dev.tokapu.structured;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds what it is within a type that Jackson cannot read.
 *
 * <p>Thread safety: confined.
 */
final class Unreadable {

    private final Set<JavaType> seen = new HashSet<>();

    private Unreadable() {}

    /** The refusal of the innermost type that Jackson does not take. */
    static IllegalArgumentException of(JavaType type, String path, JsonMappingException cause) {
        IllegalArgumentException inner = new Unreadable().within(type, path);
        return inner == null ? refusal(type, path, cause) : inner;
    }

    private static IllegalArgumentException refusal(JavaType type, String path, JsonMappingException cause) {
        return new IllegalArgumentException(
                path + " is a " + type.toCanonical() + ", which Jackson cannot read: " + cause.getOriginalMessage(),
                cause);
    }

    private @Nullable IllegalArgumentException within(JavaType type, String path) {
        JavaType content = type.getContentType();
        if (content != null) {
            return at(content, path + (type.isReferenceType() ? "" : type.isMapLikeType() ? "{}" : "[]"));
        }
        if (SchemaWriter.isOfJdk(type)) {
            return null;
        }
        for (BeanPropertyDefinition property : Jackson.read(type).findProperties()) {
            IllegalArgumentException found = at(property.getPrimaryType(), path + "." + property.getName());
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private @Nullable IllegalArgumentException at(JavaType type, String path) {
        if (!seen.add(type)) {
            return null;
        }
        if (type.getContentType() != null) {
            return within(type, path);
        }
        try {
            Jackson.deserializer(type);
            return null;
        } catch (JsonMappingException e) {
            IllegalArgumentException inner = within(type, path);
            if (inner != null) {
                return inner;
            }
            return SchemaWriter.isOfJdk(type) ? Refusal.of(path, type, SchemaWriter.OF_JDK) : refusal(type, path, e);
        }
    }
}
