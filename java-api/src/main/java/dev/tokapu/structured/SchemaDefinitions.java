package dev.tokapu.structured;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.CustomDefinitionProviderV2;
import com.github.victools.jsonschema.generator.CustomPropertyDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.TypeScope;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The types that the generator would see otherwise than Jackson: optionals, enums, maps, types with subtypes.
 *
 * <p>Thread safety: safe.
 */
final class SchemaDefinitions implements CustomDefinitionProviderV2 {

    private static final Map<Class<?>, Class<?>> PRIMITIVE_OPTIONALS =
            Map.of(OptionalInt.class, int.class, OptionalLong.class, long.class, OptionalDouble.class, double.class);

    private final ObjectMapper mapper;
    private final Polymorphism polymorphism;

    SchemaDefinitions(ObjectMapper mapper) {
        this.mapper = mapper;
        this.polymorphism = new Polymorphism(mapper);
    }

    @Override
    public @Nullable CustomDefinition provideCustomSchemaDefinition(
            ResolvedType type, SchemaGenerationContext context) {
        Class<?> raw = type.getErasedType();
        if (raw == Optional.class) {
            ResolvedType content = type.getTypeParameters().get(0);
            return inline(optional(context.createDefinitionReference(content)));
        }
        Class<?> primitive = PRIMITIVE_OPTIONALS.get(raw);
        if (primitive != null) {
            ResolvedType content = context.getTypeContext().resolve(primitive);
            return inline(optional(context.createDefinitionReference(content)));
        }
        if (raw.isEnum()) {
            return inline(constants(raw));
        }
        if (Map.class.isAssignableFrom(raw)) {
            ResolvedType value = type.typeParametersFor(Map.class).get(1);
            return inline(map(type, () -> context.createDefinitionReference(value)));
        }
        boolean hasSubtypes =
                isObject(type) && polymorphism.isPolymorphic(raw) && Modifier.isAbstract(raw.getModifiers());
        return hasSubtypes ? alternatives(type, context) : null;
    }

    private static boolean isObject(ResolvedType type) {
        Class<?> raw = type.getErasedType();
        return !Scalars.isScalar(raw)
                && !raw.isEnum()
                && !type.isArray()
                && raw != Object.class
                && raw != Optional.class
                && !PRIMITIVE_OPTIONALS.containsKey(raw)
                && !Map.class.isAssignableFrom(raw)
                && !Iterable.class.isAssignableFrom(raw);
    }

    private static CustomDefinition inline(ObjectNode node) {
        return new CustomDefinition(node, true);
    }

    /** A field that is optional or a map: annotations inside the angle brackets are about the content. */
    @Nullable
    CustomPropertyDefinition ofField(FieldScope field, SchemaGenerationContext context) {
        Class<?> raw = field.getType() == null ? void.class : field.getType().getErasedType();
        if (field.isFakeContainerItemScope()) {
            return null;
        }
        if (raw == Optional.class) {
            FieldScope content = (FieldScope) field.asFakeContainerItemScope(Optional.class, 0);
            return new CustomPropertyDefinition(
                    optional(context.createStandardDefinitionReference(content, this::ofField)));
        }
        if (Map.class.isAssignableFrom(raw)) {
            FieldScope value = (FieldScope) field.asFakeContainerItemScope(Map.class, 1);
            return new CustomPropertyDefinition(
                    map(field.getType(), () -> context.createStandardDefinitionReference(value, this::ofField)));
        }
        return null;
    }

    private ObjectNode optional(ObjectNode content) {
        ObjectNode node = mapper.createObjectNode();
        ArrayNode alternatives = node.putArray("anyOf");
        alternatives.add(content);
        alternatives.addObject().put("type", "null");
        return node;
    }

    private ObjectNode constants(Class<?> type) {
        ObjectNode node = mapper.createObjectNode();
        ArrayNode names = node.putArray("enum");
        for (Object constant : Objects.requireNonNull(type.getEnumConstants())) {
            names.add(mapper.<JsonNode>valueToTree(constant));
        }
        return node;
    }

    private ObjectNode map(ResolvedType type, Supplier<ObjectNode> value) {
        Class<?> key = type.typeParametersFor(Map.class).get(0).getErasedType();
        ObjectNode node = mapper.createObjectNode().put("type", "object");
        if (key.isEnum()) {
            ObjectNode properties = node.putObject("properties");
            for (JsonNode name : constants(key).get("enum")) {
                properties.set(name.asText(), value.get());
            }
            node.put("additionalProperties", false);
        } else {
            node.set("additionalProperties", value.get());
        }
        return node;
    }

    private CustomDefinition alternatives(ResolvedType type, SchemaGenerationContext context) {
        ObjectNode node = mapper.createObjectNode();
        ArrayNode alternatives = node.putArray("anyOf");
        for (NamedType subtype : polymorphism.named(type.getErasedType())) {
            ResolvedType resolved = context.getTypeContext().resolveSubtype(type, subtype.getType());
            alternatives.add(context.createDefinitionReference(resolved));
        }
        return new CustomDefinition(node);
    }

    /** Closes a generated object and puts the property that names the subtype first. */
    void closeObject(ObjectNode definition, TypeScope scope, SchemaGenerationContext context) {
        Class<?> raw = scope.getType().getErasedType();
        if (!isObject(scope.getType()) || !definition.path("type").asText().equals("object")) {
            return;
        }
        JsonNode generated = definition.path("properties");
        ObjectNode properties = mapper.createObjectNode();
        ArrayNode required = mapper.createArrayNode();
        if (polymorphism.isPolymorphic(raw)) {
            String name = polymorphism.property(raw);
            properties.putObject(name).put("const", nameOf(raw));
            required.add(name);
        }
        addProperties(raw, generated, properties, required);
        definition.set("properties", properties);
        definition.set("required", required);
        definition.put("additionalProperties", false);
    }

    private String nameOf(Class<?> type) {
        return polymorphism.named(type).stream()
                .filter(subtype -> subtype.getType() == type)
                .map(NamedType::getName)
                .findFirst()
                .orElse(type.getSimpleName());
    }

    /** The generator's properties; Jackson must know the same ones. */
    private void addProperties(Class<?> raw, JsonNode generated, ObjectNode properties, ArrayNode required) {
        Map<String, BeanPropertyDefinition> known = BoundProperties.of(mapper, raw);
        Set<String> seen = new TreeSet<>();
        generated.properties().forEach(entry -> {
            String name = entry.getKey();
            seen.add(name);
            properties.set(name, entry.getValue());
            BeanPropertyDefinition property = known.get(name);
            if (property == null || !BoundProperties.mayBeAbsent(raw, property)) {
                required.add(name);
            }
        });
        if (!seen.equals(known.keySet())) {
            throw new IllegalArgumentException(raw.getName() + " has the fields " + seen + ", but Jackson reads the"
                    + " properties " + known.keySet() + "; give them the same names, with @JsonProperty on the fields");
        }
    }
}
