package dev.tokapu.structured;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.OptBoolean;
import com.fasterxml.jackson.databind.PropertyName;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedField;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedMethod;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Lets Jackson read and write without annotations what would need them: in sealed types the property {@code type} holds the
 * simple name of the class. Jackson's own annotations take precedence, except annotations that leave out of the JSON what reading
 * requires: every property is written, and of Kotlin classes every one that is not null.
 *
 * <p>Thread safety: immutable.
 */
final class TypeIntrospector extends JacksonAnnotationIntrospector {

    private static final long serialVersionUID = 1L;

    /** An annotation, because the method that makes a value of single ones has other parameters in each release of Jackson. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type", requireTypeIdForSubtypes = OptBoolean.TRUE)
    private interface BySimpleName {}

    private static final JsonTypeInfo.Value BY_SIMPLE_NAME =
            JsonTypeInfo.Value.from(BySimpleName.class.getAnnotation(JsonTypeInfo.class));

    private static final JsonInclude.Value WITHOUT_NULL =
            JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.USE_DEFAULTS);

    @Override
    public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
        JsonTypeInfo.Value declared = super.findPolymorphicTypeInfo(config, annotated);
        boolean sealed = annotated instanceof AnnotatedClass && isInSealedHierarchy(annotated.getRawType());
        return declared == null && sealed ? BY_SIMPLE_NAME : declared;
    }

    @Override
    public @Nullable List<NamedType> findSubtypes(Annotated annotated) {
        List<NamedType> declared = super.findSubtypes(annotated);
        if (declared != null || !isOurs(annotated.getRawType())) {
            return declared;
        }
        List<NamedType> permitted = new ArrayList<>();
        addPermitted(annotated.getRawType(), permitted);
        return permitted;
    }

    private static void addPermitted(Class<?> type, List<NamedType> permitted) {
        Class<?>[] subclasses = type.getPermittedSubclasses();
        if (subclasses != null) {
            for (Class<?> subclass : subclasses) {
                permitted.add(new NamedType(subclass));
                addPermitted(subclass, permitted);
            }
        }
    }

    @Override
    public @Nullable String findTypeName(AnnotatedClass annotated) {
        String declared = super.findTypeName(annotated);
        Class<?> type = annotated.getRawType();
        return declared == null && isInSealedHierarchy(type) ? type.getSimpleName() : declared;
    }

    @Override
    public JsonInclude.Value findPropertyInclusion(Annotated annotated) {
        return annotated instanceof AnnotatedClass && isKotlin(annotated.getRawType())
                ? WITHOUT_NULL
                : JsonInclude.Value.empty();
    }

    @Override
    public JsonProperty.@Nullable Access findPropertyAccess(Annotated annotated) {
        JsonProperty.Access access = super.findPropertyAccess(annotated);
        return access == JsonProperty.Access.WRITE_ONLY ? JsonProperty.Access.AUTO : access;
    }

    /** A {@code private val} has no getter, but is read as the others are. */
    @Override
    public @Nullable PropertyName findNameForSerialization(Annotated annotated) {
        PropertyName declared = super.findNameForSerialization(annotated);
        boolean hidden = annotated instanceof AnnotatedField field && isHidden(field);
        return declared == null && hidden ? PropertyName.USE_DEFAULT : declared;
    }

    /** Whether it is private, in Kotlin. */
    static boolean isHidden(AnnotatedField field) {
        int modifiers = field.getAnnotated().getModifiers();
        return Modifier.isPrivate(modifiers) && !Modifier.isTransient(modifiers) && isKotlin(field.getDeclaringClass());
    }

    @Override
    public Boolean hasAnyGetter(Annotated annotated) {
        return false;
    }

    @Override
    public @Nullable Object findFilterId(Annotated annotated) {
        return null;
    }

    /** Of {@code getPH} the field has the name, pH, for which Java's rule says ph. */
    @Override
    public @Nullable String findImplicitPropertyName(AnnotatedMember member) {
        String declared = super.findImplicitPropertyName(member);
        String accessor = member.getName();
        boolean kotlin = member instanceof AnnotatedMethod
                && (accessor.startsWith("get") || accessor.startsWith("set"))
                && isKotlin(member.getDeclaringClass());
        return declared == null && kotlin ? fieldOf(accessor.substring(3), member.getDeclaringClass()) : declared;
    }

    private static @Nullable String fieldOf(String capitalized, Class<?> type) {
        int mangled = capitalized.indexOf('-'); // of value classes
        String wanted = mangled < 0 ? capitalized : capitalized.substring(0, mangled);
        for (Field field : type.getDeclaredFields()) {
            String name = field.getName();
            if (wanted.equals(name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1))) {
                return name;
            }
        }
        return null;
    }

    static boolean isKotlin(Class<?> type) {
        for (Annotation annotation : type.getDeclaredAnnotations()) {
            if (annotation.annotationType().getName().equals("kotlin.Metadata")) {
                return true;
            }
        }
        return false;
    }

    private static boolean isInSealedHierarchy(@Nullable Class<?> type) {
        if (type == null || type.isEnum()) {
            return false;
        }
        if (isOurs(type) || isInSealedHierarchy(type.getSuperclass())) {
            return true;
        }
        for (Class<?> parent : type.getInterfaces()) {
            if (isInSealedHierarchy(parent)) {
                return true;
            }
        }
        return false;
    }

    /** The sealed types of the JDK, such as ZoneId, are none of ours; an enum with bodies is sealed too. */
    private static boolean isOurs(Class<?> type) {
        return type.isSealed() && !type.isEnum() && !type.getName().startsWith("java.");
    }
}
