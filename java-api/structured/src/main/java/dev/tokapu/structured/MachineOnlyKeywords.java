package dev.tokapu.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * What of a schema only machines need: the limits of Java's types, patterns that a format names, that objects are closed.
 *
 * <p>Thread safety: confined.
 */
final class MachineOnlyKeywords {

    private final IdentityHashMap<ObjectNode, Set<String>> keywords = new IdentityHashMap<>();

    void add(ObjectNode schema, String keyword) {
        keywords.computeIfAbsent(schema, key -> new HashSet<>()).add(keyword);
    }

    void remove(ObjectNode schema, String keyword) {
        keywords.getOrDefault(schema, new HashSet<>()).remove(keyword);
    }

    boolean has(ObjectNode schema, String keyword) {
        return keywords.getOrDefault(schema, Set.of()).contains(keyword);
    }

    void move(ObjectNode from, ObjectNode to) {
        keywords.getOrDefault(from, Set.of()).forEach(keyword -> add(to, keyword));
    }

    /** A copy for models. */
    JsonNode without(JsonNode node) {
        if (node instanceof ObjectNode schema) {
            ObjectNode copy = schema.objectNode();
            schema.properties().forEach(entry -> {
                if (!has(schema, entry.getKey())) {
                    copy.set(entry.getKey(), without(entry.getValue()));
                }
            });
            return copy;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = array.arrayNode();
            array.forEach(element -> copy.add(without(element)));
            return copy;
        }
        return node;
    }
}
