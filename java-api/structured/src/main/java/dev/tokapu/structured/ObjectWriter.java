package dev.tokapu.structured;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.ClassUtil;
import java.lang.reflect.AnnotatedElement;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the schemas of classes: objects of properties, one of several objects, or the one value that a class wraps.
 *
 * <p>Thread safety: confined.
 */
final class ObjectWriter {

    private static final List<String> NOT_NULL = List.of("object", "array", "string", "number", "boolean");

    private final SchemaWriter values;

    ObjectWriter(SchemaWriter values) {
        this.values = values;
    }

    ObjectNode write(JavaType type, TypeLocation location) {
        if (SchemaWriter.isOfJdk(type)) {
            throw Refusal.of(location.path(), type, SchemaWriter.OF_JDK);
        }
        if (location.property() != null) {
            AnnotationCheck.checkShape(location.property().reader(), type, location.path());
        }
        checkClass(type, location.path());
        refuseInnerRules(location, type);
        Subtypes subtypes = Subtypes.of(type, location.path());
        if (subtypes == null) {
            return single(type, location);
        }
        RuleWriter.refuseAll(location.rules(), location.path());
        if (subtypes.byName().size() == 1) {
            Map.Entry<String, JavaType> only =
                    subtypes.byName().entrySet().iterator().next();
            return object(only.getValue(), location.path(), subtypes.tag(), only.getKey());
        }
        return values.definitions().refer(new Definitions.Key(type, subtypes.tag(), null), node -> {
            values.paths().add(node, location.path());
            ArrayNode alternatives = node.putArray("anyOf");
            subtypes.byName().forEach((name, subtype) -> {
                String path = location.path() + "<" + subtype.getRawClass().getSimpleName() + ">";
                checkClass(subtype, path);
                ObjectNode alternative = object(subtype, path, subtypes.tag(), name);
                values.paths().add(alternative, path);
                alternatives.add(alternative);
            });
            Jackson.describe(node, type);
        });
    }

    private static void checkClass(JavaType type, String path) {
        AnnotatedClass annotated = Jackson.read(type).getClassInfo();
        AnnotationCheck.check(annotated, path);
        AnnotationCheck.checkShape(annotated, type, path);
    }

    /** Of {@code Pair<@Size String, ..>} nothing leads to the component that the rule would be about. */
    private static void refuseInnerRules(TypeLocation location, JavaType type) {
        int arguments = type.containedTypeCount();
        for (int i = 0; i < arguments; i++) {
            if (!location.argument("", i, arguments).rules().isEmpty()) {
                throw Refusal.of(
                        location.path(), type, "a rule within its angle brackets has no place; put it into the class");
            }
        }
    }

    private ObjectNode single(JavaType type, TypeLocation location) {
        BeanDescription written = Jackson.written(type);
        JsonDeserializer<Object> deserializer = SchemaWriter.requireKnown(type, location.path());
        AnnotatedMember value = written.findJsonValueAccessor();
        if (deserializer instanceof BeanDeserializerBase bean) {
            JavaType wrapped = Wrapped.of(bean, value, type, location.path());
            if (wrapped != null) {
                List<AnnotatedElement> declared =
                        value == null ? List.of() : List.of((AnnotatedElement) value.getMember());
                List<Rule> rules = Rule.in(TypeLocation.annotations(declared));
                TypeLocation inner =
                        new TypeLocation(location.path(), null, List.of(), rules, false).with(location.rules());
                return values.value(wrapped, inner);
            }
        }
        RuleWriter.refuseAll(location.rules(), location.path());
        return object(type, location.path(), null, null);
    }

    private ObjectNode object(JavaType type, String path, @Nullable String tag, @Nullable String name) {
        return values.definitions().refer(new Definitions.Key(type, tag, name), node -> {
            if (type.isEnumType()) {
                throw Refusal.of(path, type, "an enum has no place for the property " + tag);
            }
            values.paths().add(node, path);
            properties(node, bean(type, path), type, path, tag, name);
            Jackson.describe(node, type);
        });
    }

    private static BeanDeserializerBase bean(JavaType type, String path) {
        JsonDeserializer<Object> deserializer = SchemaWriter.requireKnown(type, path);
        if (!(deserializer instanceof BeanDeserializerBase bean)) {
            throw Refusal.of(
                    path,
                    type,
                    type.isAbstract()
                            ? "it is abstract; make it sealed or add @JsonTypeInfo and @JsonSubTypes"
                            : "it has a deserializer of its own, "
                                    + deserializer.getClass().getName());
        }
        ValueInstantiator creator = bean.getValueInstantiator();
        if (!creator.canCreateUsingDefault() && !creator.canCreateFromObjectWith()) {
            throw Refusal.of(
                    path,
                    type,
                    "Jackson finds no way to make one from properties; use a record, a constructor without parameters,"
                            + " or @JsonCreator with @JsonProperty on each parameter");
        }
        requireNullable(creator, type, path);
        return bean;
    }

    /** What is left out is null for the constructor, or has Kotlin's default. */
    private static void requireNullable(ValueInstantiator creator, JavaType type, String path) {
        SettableBeanProperty[] arguments = creator.getFromObjectArguments(Jackson.MAPPER.getDeserializationConfig());
        if (arguments == null) {
            return;
        }
        boolean kotlin = TypeIntrospector.isKotlin(type.getRawClass());
        for (SettableBeanProperty argument : arguments) {
            JavaType given = argument.getType();
            if (argument.isIgnorable() && (kotlin ? argument.isRequired() : given.isPrimitive())) {
                String remedy = kotlin
                        ? "a default"
                        : "the type "
                                + ClassUtil.wrapperType(given.getRawClass()).getSimpleName();
                throw Refusal.of(
                        path + "." + argument.getName(), given, "it is left out and cannot be null; give it " + remedy);
            }
        }
    }

    /** The schema of an object of properties that no class has. */
    ObjectNode write(List<Property> properties, String path) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        values.paths().add(node, path);
        begin(node);
        properties.forEach(property -> add(node, property, path, false));
        return node;
    }

    private void begin(ObjectNode node) {
        node.put("type", "object");
        node.putObject("properties");
        node.putArray("required");
        node.put("additionalProperties", false);
        values.machineOnly().add(node, "additionalProperties");
    }

    private void properties(
            ObjectNode node,
            BeanDeserializerBase bean,
            JavaType type,
            String path,
            @Nullable String tag,
            @Nullable String name) {
        begin(node);
        if (tag != null) {
            node.withObject("/properties").putObject(tag).put("const", name);
            node.withArray("required").add(tag);
        }
        Jackson.read(type).findProperties().stream()
                .filter(BeanPropertyDefinition::couldDeserialize)
                .forEach(property ->
                        AnnotationCheck.check(property.getPrimaryMember(), path + "." + property.getName()));
        List<Property> all = ReadProperties.of(bean, type);
        UnreadFields.check(type, all, path);
        boolean kotlin = TypeIntrospector.isKotlin(type.getRawClass());
        for (Property property : all) {
            if (property.name().equals(tag)) {
                throw Refusal.of(
                        path,
                        type,
                        "its property " + tag + " is also the one that tells subtypes apart; rename it or set another"
                                + " with @JsonTypeInfo(use = NAME, property = \"...\")");
            }
            add(node, property, path, kotlin);
        }
    }

    private void add(ObjectNode node, Property property, String path, boolean kotlin) {
        String place = path + "." + property.name();
        AnnotationCheck.check(property, place);
        ObjectNode value = values.value(property.type(), TypeLocation.of(place, property));
        if (value.isEmpty() && kotlin) {
            NOT_NULL.forEach(value.putArray("type")::add); // Any is not Any?, which may be absent
        }
        if (property.description() != null) {
            value.put("description", property.description());
        }
        node.withObject("/properties").set(property.name(), value);
        if (!property.mayBeAbsent()) {
            node.withArray("required").add(property.name());
        }
    }
}
