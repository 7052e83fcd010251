package dev.tokapu.structured;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.DefaultDeserializationContext;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Looks for what JSON or Jackson cannot express in a type, before a schema is made of it, and says where it is.
 *
 * <p>Thread safety: confined.
 */
final class TypeCheck {

    private final ObjectMapper mapper;
    private final DeserializationConfig config;
    private final Polymorphism polymorphism;
    private final Set<JavaType> seen = new HashSet<>();
    private final Set<JavaType> ending = new HashSet<>();

    TypeCheck(ObjectMapper mapper) {
        this.mapper = mapper;
        this.config = mapper.getDeserializationConfig();
        this.polymorphism = new Polymorphism(mapper);
    }

    /**
     * Throws when a type cannot be expressed.
     *
     * @throws IllegalArgumentException that names the path to it
     */
    void check(JavaType type) {
        walk(type, name(type));
    }

    private static String name(JavaType type) {
        return type.getRawClass().getSimpleName();
    }

    private static IllegalArgumentException refuse(String path, JavaType type, String why) {
        return new IllegalArgumentException(
                path + " is a " + type.toCanonical() + ", which cannot be expressed in an answer: " + why);
    }

    private void walk(JavaType type, String path) {
        Class<?> raw = type.getRawClass();
        if (isLeaf(type) || !seen.add(type)) {
            return;
        }
        if (type.isMapLikeType()) {
            Class<?> key = type.getKeyType().getRawClass();
            if (key != String.class && !key.isEnum()) {
                throw refuse(path, type, "the keys of a map must be String or an enum");
            }
            walk(type.getContentType(), path + "{}");
        } else if (type.isArrayType() || type.isCollectionLikeType()) {
            walk(type.getContentType(), path + "[]");
        } else if (type.isReferenceType() && raw == Optional.class) {
            walk(type.getReferencedType(), path);
        } else if (polymorphism.isPolymorphic(type)) {
            walkSubtypes(type, path);
            requireEnd(type, path, new ArrayList<>());
        } else {
            walkProperties(type, path);
            requireEnd(type, path, new ArrayList<>());
        }
    }

    /** Whether there is nothing in a type that could be wrong. */
    static boolean isLeaf(JavaType type) {
        Class<?> raw = type.getRawClass();
        return raw.isEnum()
                || Scalars.isScalar(raw)
                || raw == Object.class
                || raw == OptionalInt.class
                || raw == OptionalLong.class
                || raw == OptionalDouble.class;
    }

    private void walkSubtypes(JavaType type, String path) {
        JsonTypeInfo.Value info = polymorphism.typeInfo(type);
        boolean known = info.getIdType() == JsonTypeInfo.Id.NAME || info.getIdType() == JsonTypeInfo.Id.SIMPLE_NAME;
        if (!known || info.getInclusionType() != JsonTypeInfo.As.PROPERTY) {
            throw refuse(path, type, "its @JsonTypeInfo must be (use = NAME, include = PROPERTY)");
        }
        List<JavaType> subtypes = polymorphism.concreteSubtypes(type);
        if (subtypes.isEmpty()) {
            throw refuse(path, type, "it has no concrete subtypes; make it sealed or add @JsonSubTypes");
        }
        for (JavaType subtype : subtypes) {
            String subPath = subtypes.size() == 1 ? path : path + "<" + name(subtype) + ">";
            if (subtype.isEnumType()) {
                throw refuse(subPath, subtype, "an enum has no place for the property " + info.getPropertyName());
            }
            walkProperties(subtype, subPath);
            if (properties(subtype).stream().anyMatch(p -> p.getName().equals(info.getPropertyName()))) {
                throw refuse(
                        subPath,
                        subtype,
                        "its property " + info.getPropertyName()
                                + " is also the one that tells subtypes apart; rename it or set another with"
                                + " @JsonTypeInfo(use = NAME, property = \"...\")");
            }
        }
    }

    private void walkProperties(JavaType type, String path) {
        Class<?> raw = type.getRawClass();
        if (raw.getName().startsWith("java.") || raw.getName().startsWith("javax.") || raw.isPrimitive()) {
            throw refuse(path, type, "docs/typed-answers.md lists the types of the JDK that can");
        }
        if (type.isAbstract()) {
            throw refuse(path, type, "it is abstract; make it sealed or add @JsonTypeInfo and @JsonSubTypes");
        }
        for (BeanPropertyDefinition property : properties(type)) {
            walk(property.getPrimaryType(), path + "." + property.getName());
        }
        requireCreator(type, path);
    }

    private void requireCreator(JavaType type, String path) {
        Object deserializer;
        try {
            DefaultDeserializationContext base = (DefaultDeserializationContext) mapper.getDeserializationContext();
            deserializer = base.createDummyInstance(config).findNonContextualValueDeserializer(type);
        } catch (JsonMappingException e) {
            throw new IllegalArgumentException(
                    path + " is a " + type.toCanonical() + ", which Jackson cannot read: " + e.getOriginalMessage(), e);
        }
        if (!(deserializer instanceof BeanDeserializerBase bean)) {
            throw refuse(
                    path,
                    type,
                    "it has a deserializer of its own, "
                            + deserializer.getClass().getName());
        }
        ValueInstantiator creator = bean.getValueInstantiator();
        if (!creator.canCreateUsingDefault() && !creator.canCreateFromObjectWith()) {
            throw refuse(
                    path,
                    type,
                    "Jackson finds no way to make one from properties; use a record, a constructor without parameters,"
                            + " or @JsonCreator with @JsonProperty on each parameter");
        }
    }

    private List<BeanPropertyDefinition> properties(JavaType type) {
        BeanDescription description = config.introspect(type);
        return description.findProperties().stream()
                .filter(BeanPropertyDefinition::couldDeserialize)
                .toList();
    }

    /** A value must be able to end: a record that always holds another one of itself would go on for ever. */
    private void requireEnd(JavaType type, String path, List<JavaType> open) {
        if (isLeaf(type) || type.isContainerType() || type.isReferenceType() || ending.contains(type)) {
            return;
        }
        if (open.contains(type)) {
            throw refuse(path, type, "it holds itself without end; make it @Nullable, an Optional or a List");
        }
        open.add(type);
        if (polymorphism.isPolymorphic(type)) {
            requireOneEnd(type, path, open);
        } else {
            requireEndOfProperties(type, path, open);
        }
        open.remove(type);
        ending.add(type);
    }

    private void requireOneEnd(JavaType type, String path, List<JavaType> open) {
        IllegalArgumentException first = null;
        for (JavaType subtype : polymorphism.concreteSubtypes(type)) {
            try {
                requireEndOfProperties(subtype, path + "<" + name(subtype) + ">", open);
                return;
            } catch (IllegalArgumentException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private void requireEndOfProperties(JavaType type, String path, List<JavaType> open) {
        for (BeanPropertyDefinition property : properties(type)) {
            if (!Nullability.isNullable(property)) {
                requireEnd(property.getPrimaryType(), path + "." + property.getName(), open);
            }
        }
    }
}
