package dev.tokapu.structured;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.introspect.AnnotatedField;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Finds fields that Jackson neither reads nor was told to leave out, and fields that it reads under two names: a value would come
 * back without them, or changed.
 *
 * <p>Thread safety: safe.
 */
final class UnreadFields {

    private UnreadFields() {}

    static void check(JavaType type, List<Property> properties, String path) {
        Set<String> known = new HashSet<>();
        properties.forEach(property -> known.add(plain(property.name())));
        for (BeanDescription description : List.of(Jackson.written(type), Jackson.read(type))) {
            description.findProperties().forEach(property -> known.add(plain(property.getInternalName())));
            description.getIgnoredPropertyNames().forEach(name -> known.add(plain(name)));
        }
        for (Class<?> owner = type.getRawClass(); owner != null; owner = owner.getSuperclass()) {
            for (Field field : owner.getDeclaredFields()) {
                int modifiers = field.getModifiers();
                boolean state =
                        !Modifier.isStatic(modifiers) && !Modifier.isTransient(modifiers) && !field.isSynthetic();
                if (state && !field.isAnnotationPresent(JsonIgnore.class) && !isKnown(field.getName(), known)) {
                    throw Refusal.of(
                            path,
                            type,
                            "Jackson does not read its field " + field.getName() + "; give it a getter and a setter,"
                                    + " @JsonProperty or @JsonIgnore");
                }
            }
        }
        properties.stream()
                .filter(property -> property.reader() instanceof AnnotatedField)
                .forEach(field -> requireOneName(type, field, properties, path));
    }

    /** Jackson takes getPName for the getter of pname: with an annotation of Jackson's, the field pName is a second property. */
    private static void requireOneName(JavaType type, Property field, List<Property> properties, String path) {
        String internal = field.reader().getName();
        for (Property other : properties) {
            if (!(other.reader() instanceof AnnotatedField)
                    && plain(other.name()).equals(plain(internal))) {
                throw Refusal.of(
                        path,
                        type,
                        "Jackson reads its field " + internal + " under two names, " + field.name() + " and "
                                + other.name() + " (its accessors); give both the same name with @JsonProperty");
            }
        }
    }

    private static String plain(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.startsWith("_") ? lower.substring(1) : lower;
    }

    /** Getters and setters of {@code isActive}, {@code mName} may be those of another name. */
    private static boolean isKnown(String field, Set<String> known) {
        String name = plain(field);
        return field.contains("$")
                || known.contains(name)
                || (name.startsWith("is") && known.contains(name.substring(2)))
                || (name.startsWith("m") && known.contains(name.substring(1)));
    }
}
