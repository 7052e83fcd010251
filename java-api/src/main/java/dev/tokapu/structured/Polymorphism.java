package dev.tokapu.structured;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedClassResolver;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What Jackson knows about subtypes.
 *
 * <p>Thread safety: safe.
 */
final class Polymorphism {

    private final ObjectMapper mapper;
    private final DeserializationConfig config;

    Polymorphism(ObjectMapper mapper) {
        this.mapper = mapper;
        this.config = mapper.getDeserializationConfig();
    }

    private AnnotatedClass annotated(Class<?> type) {
        return AnnotatedClassResolver.resolve(config, config.constructType(type), config);
    }

    private JsonTypeInfo.@Nullable Value find(Class<?> type) {
        return config.getAnnotationIntrospector().findPolymorphicTypeInfo(config, annotated(type));
    }

    /** Whether a property tells the subtypes of a type apart, also where only one subtype is possible. */
    boolean isPolymorphic(JavaType type) {
        return isPolymorphic(type.getRawClass());
    }

    boolean isPolymorphic(Class<?> type) {
        JsonTypeInfo.Value info = find(type);
        return info != null && info.getIdType() != JsonTypeInfo.Id.NONE;
    }

    JsonTypeInfo.Value typeInfo(JavaType type) {
        return Objects.requireNonNull(find(type.getRawClass()));
    }

    /** The property that holds the name of the subtype. */
    String property(Class<?> type) {
        JsonTypeInfo.Value info = Objects.requireNonNull(find(type));
        String name = info.getPropertyName();
        return name == null ? info.getIdType().getDefaultPropertyName() : name;
    }

    /** What can be made, with its name, in the order of declaration. */
    List<NamedType> named(Class<?> type) {
        AnnotatedClass annotated = annotated(type);
        List<NamedType> concrete = new ArrayList<>();
        for (NamedType subtype : mapper.getSubtypeResolver().collectAndResolveSubtypesByClass(config, annotated)) {
            if (!Modifier.isAbstract(subtype.getType().getModifiers())) {
                concrete.add(subtype);
            }
        }
        List<NamedType> declared = config.getAnnotationIntrospector().findSubtypes(annotated);
        if (declared != null) {
            List<Class<?>> order = new ArrayList<>();
            declared.forEach(subtype -> order.add(subtype.getType()));
            concrete.sort(Comparator.comparingInt(subtype -> order.indexOf(subtype.getType())));
        }
        return concrete;
    }

    List<JavaType> concreteSubtypes(JavaType type) {
        return named(type.getRawClass()).stream()
                .map(subtype -> config.getTypeFactory().constructSpecializedType(type, subtype.getType()))
                .toList();
    }
}
