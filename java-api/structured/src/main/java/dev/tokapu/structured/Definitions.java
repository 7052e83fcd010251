package dev.tokapu.structured;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The schemas of classes, each written once. What is used once only stands where it is used, the rest under {@code $defs}.
 *
 * <p>Thread safety: confined.
 */
final class Definitions {

    private static final String PREFIX = "#/$defs/";

    private final Map<Key, Definition> byKey = new LinkedHashMap<>();
    private final Map<String, Integer> names = new HashMap<>();

    /**
     * A class in a place.
     *
     * @param type the class
     * @param tag the property that names it among others; null for none
     * @param name its name there
     */
    record Key(
            JavaType type, @Nullable String tag, @Nullable String name) {}

    /** A schema and where it is referred to. */
    record Definition(String name, ObjectNode schema, List<ObjectNode> references) {}

    /** Refers to the schema of a class, which is written when it is new. */
    ObjectNode refer(Key key, Consumer<ObjectNode> writer) {
        Definition definition = byKey.get(key);
        if (definition == null) {
            definition = new Definition(name(key.type()), JsonNodeFactory.instance.objectNode(), new ArrayList<>());
            byKey.put(key, definition);
            writer.accept(definition.schema());
        }
        ObjectNode reference = JsonNodeFactory.instance.objectNode();
        reference.put("$ref", PREFIX + definition.name());
        definition.references().add(reference);
        return reference;
    }

    private String name(JavaType type) {
        StringBuilder name = new StringBuilder(type.getRawClass().getSimpleName());
        for (int i = 0; i < type.containedTypeCount(); i++) {
            name.append('_').append(type.containedType(i).getRawClass().getSimpleName());
        }
        String plain = name.toString().replaceAll("[^A-Za-z0-9_]", "_");
        int count = names.merge(plain, 1, Integer::sum);
        return count == 1 ? plain : plain + "-" + count;
    }

    /** The schema that a reference means; null for another schema. */
    @Nullable
    ObjectNode resolve(ObjectNode schema) {
        String reference = schema.path("$ref").asText();
        return reference.isEmpty() ? null : byReference(reference);
    }

    private @Nullable ObjectNode byReference(String reference) {
        for (Definition definition : byKey.values()) {
            if (reference.equals(PREFIX + definition.name())) {
                return definition.schema();
            }
        }
        return null;
    }

    /** Puts what is used once in its place and adds the rest to the whole. */
    void finish(ObjectNode root, MachineOnlyKeywords machineOnly) {
        ObjectNode shared = JsonNodeFactory.instance.objectNode();
        for (Definition definition : byKey.values()) {
            if (definition.references().size() == 1) {
                ObjectNode place = definition.references().get(0);
                place.remove("$ref");
                ObjectNode beside = place.deepCopy();
                place.setAll(definition.schema());
                place.setAll(beside);
                machineOnly.move(definition.schema(), place);
            } else {
                shared.set(definition.name(), definition.schema());
            }
        }
        if (!shared.isEmpty()) {
            root.set("$defs", shared);
        }
    }
}
