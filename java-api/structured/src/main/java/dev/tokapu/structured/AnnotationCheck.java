package dev.tokapu.structured;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonBackReference;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIdentityInfo;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonIncludeProperties;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.util.Converter;
import java.lang.annotation.Annotation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Refuses annotations of Jackson that give a value another form than its type has, where nobody can know which.
 *
 * <p>Thread safety: safe.
 */
final class AnnotationCheck {

    private static final Map<Class<? extends Annotation>, String> REFUSED = refused();

    private AnnotationCheck() {}

    private static Map<Class<? extends Annotation>, String> refused() {
        Map<Class<? extends Annotation>, String> refused = new LinkedHashMap<>();
        refused.put(JsonUnwrapped.class, "nest the object instead");
        refused.put(JsonBackReference.class, "add @JsonIgnore to it; a value has no way back");
        refused.put(JsonIdentityInfo.class, "answers hold no references; use the id itself");
        refused.put(JacksonInject.class, "nothing is injected into answers; make it a property");
        refused.put(JsonRawValue.class, "use the type that the text is read as");
        return refused;
    }

    /** What is said about a property. */
    static void check(Property property, String path) {
        check((Annotated) property.reader(), path);
        if (property.writer() != null) {
            check((Annotated) property.writer(), path);
        }
        for (Class<? extends Annotation> kind :
                List.of(JsonTypeInfo.class, JsonIgnoreProperties.class, JsonIncludeProperties.class)) {
            if (has(property, kind)) {
                throw refuse(path, kind, "put it on the class");
            }
        }
    }

    private static boolean has(Property property, Class<? extends Annotation> kind) {
        return property.reader().hasAnnotation(kind)
                || (property.writer() != null && property.writer().hasAnnotation(kind));
    }

    /** What is said about a class or a member. */
    static void check(Annotated annotated, String path) {
        REFUSED.forEach((kind, remedy) -> {
            if (annotated.hasAnnotation(kind)) {
                throw refuse(path, kind, remedy);
            }
        });
        JsonDeserialize reading = annotated.getAnnotation(JsonDeserialize.class);
        if (reading != null
                && !(isNone(reading.using(), JsonDeserializer.None.class)
                        && isNone(reading.contentUsing(), JsonDeserializer.None.class)
                        && isNone(reading.keyUsing(), KeyDeserializer.None.class)
                        && isNone(reading.converter(), Converter.None.class)
                        && isNone(reading.contentConverter(), Converter.None.class))) {
            throw refuse(
                    path,
                    JsonDeserialize.class,
                    "nobody can see which JSON it reads; use a type that is read as it is");
        }
        JsonSerialize writing = annotated.getAnnotation(JsonSerialize.class);
        if (writing != null
                && !(isNone(writing.using(), JsonSerializer.None.class)
                        && isNone(writing.contentUsing(), JsonSerializer.None.class)
                        && isNone(writing.keyUsing(), JsonSerializer.None.class)
                        && isNone(writing.converter(), Converter.None.class)
                        && isNone(writing.contentConverter(), Converter.None.class))) {
            throw refuse(
                    path,
                    JsonSerialize.class,
                    "nobody can see which JSON it writes; use a type that is written as it is");
        }
    }

    private static boolean isNone(Class<?> used, Class<?> none) {
        return used == none;
    }

    private static IllegalArgumentException refuse(String path, Class<? extends Annotation> kind, String remedy) {
        return Refusal.of(path, "it has @" + kind.getSimpleName() + "; " + remedy);
    }

    /** Objects as arrays, lists without brackets and so on. */
    static void checkShape(Annotated annotated, JavaType type, String path) {
        JsonFormat.Value format = Jackson.MAPPER
                .getDeserializationConfig()
                .getAnnotationIntrospector()
                .findFormat(annotated);
        if (format == null) {
            return;
        }
        boolean list = type.isCollectionLikeType() || type.isArrayType();
        boolean natural = switch (format.getShape()) {
            case ANY, NATURAL -> true;
            case ARRAY -> list;
            case OBJECT, POJO -> !list;
            default -> false;
        };
        boolean unwrapped =
                Boolean.TRUE.equals(format.getFeature(JsonFormat.Feature.WRITE_SINGLE_ELEM_ARRAYS_UNWRAPPED));
        if (!natural || unwrapped) {
            throw Refusal.of(path, type, "its @JsonFormat gives it another form; take that away");
        }
    }
}
