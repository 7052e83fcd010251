package dev.tokapu.structured;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.TypeFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Makes JSON Schemas of types: of what Jackson reads, which must be what it writes. What cannot be expressed is refused, with
 * the path to it.
 *
 * <p>Thread safety: confined.
 */
final class SchemaWriter {

    static final String OF_JDK = "docs/typed-answers.md lists the types of the JDK that can";

    /** Where Jackson's own deserializers are. */
    private static final String JACKSONS = "com.fasterxml.jackson.databind.deser.";

    private static final Map<Class<?>, Class<?>> PRIMITIVE_OPTIONALS =
            Map.of(OptionalInt.class, int.class, OptionalLong.class, long.class, OptionalDouble.class, double.class);

    private final TypeFactory types = Jackson.MAPPER.getTypeFactory();
    private final Definitions definitions = new Definitions();
    private final MachineOnlyKeywords machineOnly = new MachineOnlyKeywords();
    private final SchemaPaths paths = new SchemaPaths();

    /**
     * A finished schema.
     *
     * @param full what answers are checked against
     * @param prompt what a model reads
     * @param paths what its parts are about
     */
    record Schemas(JsonNode full, JsonNode prompt, SchemaPaths paths) {

        /** The path, for people, of what is at a place in the full one. */
        String place(String pointer) {
            return paths.path(full, pointer);
        }
    }

    /**
     * The schema of a type.
     *
     * @throws IllegalArgumentException when it cannot be expressed
     */
    static Schemas write(JavaType type) {
        SchemaWriter writer = new SchemaWriter();
        String name = type.getRawClass().getSimpleName();
        return writer.finish(writer.value(type, TypeLocation.root(name)), name);
    }

    /**
     * The schema of an object of properties that no class has, such as the parameters of a method.
     *
     * @throws IllegalArgumentException when one cannot be expressed
     */
    static Schemas write(String name, List<Property> properties) {
        SchemaWriter writer = new SchemaWriter();
        return writer.finish(new ObjectWriter(writer).write(properties, name), name);
    }

    private Schemas finish(ObjectNode root, String name) {
        new RecursionCheck(definitions).require(root, name);
        definitions.finish(root, machineOnly);
        return new Schemas(root, machineOnly.without(root), paths);
    }

    /** Whether a type is one of the JDK; the types that a schema can express are handled before. */
    static boolean isOfJdk(JavaType type) {
        String name = type.getRawClass().getName();
        return name.startsWith("java.") || name.startsWith("javax.") || type.isPrimitive();
    }

    Definitions definitions() {
        return definitions;
    }

    MachineOnlyKeywords machineOnly() {
        return machineOnly;
    }

    SchemaPaths paths() {
        return paths;
    }

    /** The schema of a value in a place, with its rules. */
    ObjectNode value(JavaType type, TypeLocation location) {
        if (location.rules().stream().anyMatch(rule -> rule.name().equals("Null"))) {
            throw Refusal.of(location.path(), type, "@Null leaves nothing to answer; take the property away");
        }
        ObjectNode node = plain(type, location);
        paths.add(node, location.path());
        boolean never = type.isPrimitive()
                || node.isEmpty()
                || isOptional(type.getRawClass())
                || location.rules().stream().anyMatch(rule -> rule.name().equals("NotNull"));
        return location.nullable() && !never ? orNull(node) : node;
    }

    private static boolean isOptional(Class<?> raw) {
        return raw == Optional.class || PRIMITIVE_OPTIONALS.containsKey(raw);
    }

    private static ObjectNode orNull(ObjectNode content) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.putArray("anyOf").add(content).addObject().put("type", "null");
        return node;
    }

    private ObjectNode plain(JavaType type, TypeLocation location) {
        Class<?> raw = type.getRawClass();
        Class<?> primitive = PRIMITIVE_OPTIONALS.get(raw);
        if (primitive != null) {
            checkShape(type, location);
            return orNull(plain(
                    types.constructType(primitive),
                    new TypeLocation(location.path(), null, List.of(), location.rules(), false)));
        }
        if (raw == Optional.class) {
            TypeLocation content = location.argument("", 0, 1).with(location.rules());
            return orNull(plain(type.getReferencedType(), content));
        }
        Scalars.Kind kind = Scalars.of(raw);
        if (kind != null) {
            return scalar(type, kind, location);
        }
        if (type.isEnumType()) {
            RuleWriter.refuseAll(location.rules(), location.path());
            return Enums.constants(type, location);
        }
        if (raw == Object.class) {
            RuleWriter.refuseAll(location.rules(), location.path());
            return JsonNodeFactory.instance.objectNode();
        }
        Scalars.Kind unsigned = KotlinValues.unsigned(type);
        if (unsigned != null) {
            return scalar(type, unsigned, location);
        }
        KotlinValues.Inside inside = KotlinValues.inside(type, location);
        if (inside != null) {
            return plain(inside.type(), inside.location());
        }
        if (type.isMapLikeType()) {
            return map(type, location);
        }
        if (type.isArrayType() || type.isCollectionLikeType()) {
            return array(type, location);
        }
        return new ObjectWriter(this).write(type, location);
    }

    private static void checkShape(JavaType type, TypeLocation location) {
        if (location.property() != null) {
            AnnotationCheck.checkShape(location.property().reader(), type, location.path());
            if (location.property().writer() != null) {
                AnnotationCheck.checkShape(location.property().writer(), type, location.path());
            }
        }
    }

    private ObjectNode scalar(JavaType type, Scalars.Kind kind, TypeLocation location) {
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("type", kind.json());
        String formatted = location.property() == null
                ? null
                : ScalarFormat.pattern(type, kind, location.property(), location.path());
        String pattern = formatted == null ? kind.pattern() : formatted;
        if (kind.format() != null && formatted == null) {
            node.put("format", kind.format());
        }
        if (pattern != null) {
            node.put("pattern", pattern);
            if (node.has("format")) {
                machineOnly.add(node, "pattern");
            }
        }
        if (kind.length() != null) {
            node.put("minLength", kind.length()).put("maxLength", kind.length());
        }
        if (kind.minimum() != null && kind.maximum() != null) {
            node.put("minimum", kind.minimum()).put("maximum", kind.maximum());
            machineOnly.add(node, "minimum");
            machineOnly.add(node, "maximum");
        }
        if (kind.json().equals("string") && !Scalars.isText(type.getRawClass())) {
            RuleWriter.refuseAll(location.rules(), location.path());
        } else {
            new RuleWriter(node, location.path(), machineOnly).write(location.rules());
            FloatBounds.close(node, type.getRawClass(), machineOnly);
        }
        return node;
    }

    private ObjectNode array(JavaType type, TypeLocation location) {
        requireKnown(type, location.path());
        checkShape(type, location);
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("type", "array");
        TypeLocation element = type.isArrayType() ? location.component() : location.argument("[]", 0, 1);
        node.set("items", value(type.getContentType(), element));
        new RuleWriter(node, location.path(), machineOnly).write(location.rules());
        if (Set.class.isAssignableFrom(type.getRawClass())
                && node.path("minItems").asInt() > 1) {
            throw Refusal.of(
                    location.path(),
                    type,
                    "it must have several elements, but equal ones of a Set are one; use a List");
        }
        return node;
    }

    private ObjectNode map(JavaType type, TypeLocation location) {
        Class<?> key = type.getKeyType().getRawClass();
        if (key != String.class && !key.isEnum()) {
            throw Refusal.of(location.path(), type, "the keys of a map must be String or an enum");
        }
        requireKnown(type, location.path());
        checkShape(type, location);
        List<Rule> ofKeys = location.argument("", 0, 2).rules();
        TypeLocation content = location.argument("{}", 1, 2);
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("type", "object");
        if (key.isEnum()) {
            RuleWriter.refuseAll(ofKeys, location.path());
            ObjectNode properties = node.putObject("properties");
            for (String name : Enums.keys(type, location.path())) {
                properties.set(name, value(type.getContentType(), content));
            }
            node.put("additionalProperties", false);
            machineOnly.add(node, "additionalProperties");
        } else {
            node.set("additionalProperties", value(type.getContentType(), content));
            if (!ofKeys.isEmpty()) {
                ObjectNode names = JsonNodeFactory.instance.objectNode().put("type", "string");
                new RuleWriter(names, location.path(), machineOnly).write(ofKeys);
                node.set("propertyNames", names);
            }
        }
        new RuleWriter(node, location.path(), machineOnly).write(location.rules());
        int most = node.path("properties").size();
        if (key.isEnum()
                && (node.has("minProperties") || node.path("maxProperties").asInt(most) < most)) {
            throw Refusal.of(
                    location.path(),
                    type,
                    "a grammar does not count the keys of an enum; use String keys or take the rule away");
        }
        return node;
    }

    /** Whether Jackson's own deserializer reads it. */
    static JsonDeserializer<Object> requireKnown(JavaType type, String path) {
        JsonDeserializer<Object> deserializer;
        try {
            deserializer = Jackson.deserializer(type);
        } catch (JsonMappingException e) {
            throw Unreadable.of(type, path, e);
        }
        if (!deserializer.getClass().getName().startsWith(JACKSONS)) {
            throw Refusal.of(
                    path,
                    type,
                    "it has a deserializer of its own, "
                            + deserializer.getClass().getName());
        }
        return deserializer;
    }
}
