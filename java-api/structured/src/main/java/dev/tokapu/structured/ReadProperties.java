package dev.tokapu.structured;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The properties that Jackson reads into a class, in its order: of {@code @JsonPropertyOrder}, else of declaration.
 *
 * <p>Thread safety: safe.
 */
final class ReadProperties {

    private ReadProperties() {}

    /** Their names; empty for what has none. */
    static List<String> names(JavaType type) throws JsonMappingException {
        JsonDeserializer<Object> deserializer = Jackson.deserializer(type);
        return deserializer instanceof BeanDeserializerBase bean
                ? List.copyOf(settable(bean, Jackson.read(type)).keySet())
                : List.of();
    }

    /** All about them. */
    static List<Property> of(BeanDeserializerBase bean, JavaType type) {
        BeanDescription read = Jackson.read(type);
        Map<String, BeanPropertyDefinition> reading = byName(read);
        Map<String, BeanPropertyDefinition> writing = byName(Jackson.written(type));
        List<Property> properties = new ArrayList<>();
        settable(bean, read).forEach((name, property) -> {
            BeanPropertyDefinition reader = reading.get(name);
            BeanPropertyDefinition writer = writing.get(name);
            List<AnnotatedElement> declarations = new ArrayList<>();
            List<AnnotatedType> types = new ArrayList<>();
            addMembers(reader, declarations, types);
            addMembers(writer, declarations, types);
            String internal = reader != null ? reader.getInternalName() : name;
            addFields(type.getRawClass(), internal, declarations, types);
            AnnotatedMember accessor = writer == null || !writer.couldSerialize() ? null : writer.getAccessor();
            properties.add(new Property(
                    name,
                    property.getType(),
                    property.getMember(),
                    accessor,
                    declarations,
                    types,
                    reader != null && mayBeAbsent(type.getRawClass(), reader),
                    property.getMetadata().getDescription()));
        });
        return properties;
    }

    private static Map<String, SettableBeanProperty> settable(BeanDeserializerBase bean, BeanDescription description) {
        Map<String, SettableBeanProperty> actual = new LinkedHashMap<>();
        for (Iterator<SettableBeanProperty> all = bean.properties(); all.hasNext(); ) {
            SettableBeanProperty property = all.next();
            if (!property.isIgnorable()) {
                actual.put(property.getName(), property);
            }
        }
        Map<String, SettableBeanProperty> ordered = new LinkedHashMap<>();
        for (BeanPropertyDefinition definition : description.findProperties()) {
            SettableBeanProperty property = actual.remove(definition.getName());
            if (property != null) {
                ordered.put(property.getName(), property);
            }
        }
        ordered.putAll(actual);
        return ordered;
    }

    private static Map<String, BeanPropertyDefinition> byName(BeanDescription description) {
        Map<String, BeanPropertyDefinition> byName = new LinkedHashMap<>();
        description.findProperties().forEach(property -> byName.put(property.getName(), property));
        return byName;
    }

    /** A property of a Kotlin class that is nullable or has a default; Kotlin's module for Jackson knows. */
    private static boolean mayBeAbsent(Class<?> type, BeanPropertyDefinition property) {
        return TypeIntrospector.isKotlin(type)
                && Boolean.FALSE.equals(property.getMetadata().getRequired());
    }

    private static void addMembers(
            @Nullable BeanPropertyDefinition property, List<AnnotatedElement> declarations, List<AnnotatedType> types) {
        if (property == null) {
            return;
        }
        if (property.hasField()) {
            add(property.getField().getAnnotated(), declarations, types);
        }
        if (property.hasGetter()) {
            add(property.getGetter().getAnnotated(), declarations, types);
        }
        if (property.hasSetter()) {
            addParameter(property.getSetter().getParameter(0), declarations, types);
        }
        if (property.hasConstructorParameter()) {
            addParameter(property.getConstructorParameter(), declarations, types);
        }
    }

    private static void add(Field field, List<AnnotatedElement> declarations, List<AnnotatedType> types) {
        declarations.add(field);
        types.add(field.getAnnotatedType());
    }

    private static void add(Method getter, List<AnnotatedElement> declarations, List<AnnotatedType> types) {
        declarations.add(getter);
        types.add(getter.getAnnotatedReturnType());
    }

    private static void addParameter(
            AnnotatedParameter parameter, List<AnnotatedElement> declarations, List<AnnotatedType> types) {
        if (parameter.getOwner().getAnnotated() instanceof Executable executable
                && parameter.getIndex() < executable.getAnnotatedParameterTypes().length) {
            declarations.add(executable.getParameters()[parameter.getIndex()]);
            types.add(executable.getAnnotatedParameterTypes()[parameter.getIndex()]);
        }
    }

    /** Fields and components have what people write, also where Jackson goes through methods. */
    private static void addFields(
            Class<?> type, String name, List<AnnotatedElement> declarations, List<AnnotatedType> types) {
        for (Class<?> owner = type; owner != null && owner != Object.class; owner = owner.getSuperclass()) {
            for (Field field : owner.getDeclaredFields()) {
                if (field.getName().equals(name) && !declarations.contains(field)) {
                    add(field, declarations, types);
                }
            }
        }
        if (type.isRecord()) {
            for (RecordComponent component : type.getRecordComponents()) {
                if (component.getName().equals(name)) {
                    declarations.add(component);
                    types.add(component.getAnnotatedType());
                }
            }
        }
    }
}
