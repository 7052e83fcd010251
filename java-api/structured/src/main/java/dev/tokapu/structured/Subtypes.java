package dev.tokapu.structured;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedClassResolver;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.type.TypeFactory;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The classes that a type may turn out to be, with the property that tells them apart.
 *
 * @param tag that property
 * @param byName the classes by their names there, in the order of declaration
 */
record Subtypes(String tag, Map<String, JavaType> byName) {

    /**
     * What Jackson knows about it.
     *
     * @return null for a type without subtypes
     * @throws IllegalArgumentException when they cannot be told apart
     */
    static @Nullable Subtypes of(JavaType type, String path) {
        DeserializationConfig config = Jackson.MAPPER.getDeserializationConfig();
        AnnotationIntrospector annotations = config.getAnnotationIntrospector();
        AnnotatedClass annotated =
                AnnotatedClassResolver.resolve(config, config.constructType(type.getRawClass()), config);
        JsonTypeInfo.Value info = annotations.findPolymorphicTypeInfo(config, annotated);
        if (info == null || info.getIdType() == JsonTypeInfo.Id.NONE) {
            return null;
        }
        boolean named = info.getIdType() == JsonTypeInfo.Id.NAME || info.getIdType() == JsonTypeInfo.Id.SIMPLE_NAME;
        if (!named || info.getInclusionType() != JsonTypeInfo.As.PROPERTY) {
            throw Refusal.of(path, type, "its @JsonTypeInfo must be (use = NAME, include = PROPERTY)");
        }
        List<JavaType> classes = concrete(type, annotated, config, path);
        if (classes.isEmpty()) {
            throw Refusal.of(path, type, "it has no concrete subtypes; make it sealed or add @JsonSubTypes");
        }
        String name = info.getPropertyName();
        return new Subtypes(
                name == null ? info.getIdType().getDefaultPropertyName() : name, named(type, classes, path));
    }

    private static List<JavaType> concrete(
            JavaType type, AnnotatedClass annotated, DeserializationConfig config, String path) {
        List<Class<?>> order = new ArrayList<>();
        List<NamedType> declared = config.getAnnotationIntrospector().findSubtypes(annotated);
        if (declared != null) {
            declared.forEach(subtype -> order.add(subtype.getType()));
        }
        List<Class<?>> classes = new ArrayList<>();
        for (NamedType subtype :
                Jackson.MAPPER.getSubtypeResolver().collectAndResolveSubtypesByClass(config, annotated)) {
            Class<?> raw = subtype.getType();
            if (!Modifier.isAbstract(raw.getModifiers())
                    && type.getRawClass().isAssignableFrom(raw)
                    && !classes.contains(raw)) {
                classes.add(raw);
            }
        }
        classes.sort(Comparator.comparingInt(order::indexOf));
        List<JavaType> types = new ArrayList<>();
        for (Class<?> raw : classes) {
            JavaType resolved = specialized(type, raw, path);
            if (resolved != null) {
                types.add(resolved);
            }
        }
        return types;
    }

    /** The subclass with the arguments of the type; null when no value of it is of the type. */
    private static @Nullable JavaType specialized(JavaType type, Class<?> raw, String path) {
        TypeFactory types = Jackson.MAPPER.getTypeFactory();
        if (raw == type.getRawClass() || type.getBindings().isEmpty()) {
            return raw == type.getRawClass() ? type : types.constructType(raw);
        }
        JavaType alone = types.constructType(raw);
        JavaType[] arguments = types.findTypeParameters(alone, type.getRawClass());
        if (raw.getTypeParameters().length == 0 && differs(arguments, type)) {
            return null;
        }
        try {
            return types.constructSpecializedType(type, raw);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw Refusal.of(
                    path,
                    type,
                    "its subtype " + raw.getName() + " does not pass on the type arguments; declare them as in Sub<T>"
                            + " implements Super<T>");
        }
    }

    private static boolean differs(JavaType @Nullable [] arguments, JavaType type) {
        if (arguments == null || arguments.length != type.containedTypeCount()) {
            return false;
        }
        for (int i = 0; i < arguments.length; i++) {
            JavaType wanted = type.containedType(i);
            boolean open = arguments[i].isJavaLangObject()
                    || arguments[i].hasRawClass(Void.class)
                    || wanted.isJavaLangObject();
            if (!open && !arguments[i].equals(wanted)) {
                return true;
            }
        }
        return false;
    }

    private static Map<String, JavaType> named(JavaType type, List<JavaType> classes, String path) {
        Map<String, JavaType> byName = new LinkedHashMap<>();
        try {
            TypeSerializer writer = Jackson.typeSerializer(type);
            TypeDeserializer reader = Jackson.typeDeserializer(type);
            if (writer == null || reader == null) {
                throw Refusal.of(path, type, "Jackson does not tell its subtypes apart");
            }
            for (JavaType subtype : classes) {
                String name = writer.getTypeIdResolver().idFromValueAndType(null, subtype.getRawClass());
                JavaType other = byName.put(name, subtype);
                if (other != null) {
                    throw clash(path, type, other.getRawClass(), subtype.getRawClass(), name);
                }
            }
            for (Map.Entry<String, JavaType> entry : byName.entrySet()) {
                JavaType read = reader.getTypeIdResolver()
                        .typeFromId(Jackson.MAPPER.getDeserializationContext(), entry.getKey());
                Class<?> raw = entry.getValue().getRawClass();
                if (read == null || read.getRawClass() != raw) {
                    throw clash(path, type, read == null ? Object.class : read.getRawClass(), raw, entry.getKey());
                }
            }
        } catch (JsonMappingException e) {
            throw Refusal.of(path, type, "Jackson says: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw Refusal.of(path, type, "Jackson says: " + e.getMessage());
        }
        return byName;
    }

    private static IllegalArgumentException clash(
            String path, JavaType type, Class<?> one, Class<?> other, String name) {
        return Refusal.of(
                path,
                type,
                one.getName() + " and " + other.getName() + " are both named \"" + name
                        + "\"; give one another name with @JsonTypeName");
    }
}
