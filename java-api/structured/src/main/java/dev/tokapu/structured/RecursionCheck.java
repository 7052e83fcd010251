package dev.tokapu.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Whether values can end: an object that always holds another one of itself would go on for ever.
 *
 * <p>Thread safety: confined.
 */
final class RecursionCheck {

    private final Definitions definitions;
    private final IdentityHashMap<JsonNode, Boolean> ending = new IdentityHashMap<>();

    RecursionCheck(Definitions definitions) {
        this.definitions = definitions;
    }

    /**
     * Asks it of a whole schema.
     *
     * @throws IllegalArgumentException that names the way round
     */
    void require(ObjectNode root, String path) {
        // A definition ends when the ones it needs do: found from below, until no more is found.
        for (int known = -1; known != ending.size(); ) {
            known = ending.size();
            ends(root, new ArrayList<>());
        }
        if (!ending.containsKey(root)) {
            throw endless(root, path, new ArrayList<>());
        }
    }

    private boolean ends(JsonNode schema, List<JsonNode> open) {
        if (ending.containsKey(schema)) {
            return true;
        }
        if (isOpen(schema, open)) {
            return false;
        }
        open.add(schema);
        boolean found = true;
        for (JsonNode part : needed(schema)) {
            found &= ends(part, open);
        }
        if (schema.has("anyOf")) {
            boolean one = false;
            for (JsonNode alternative : schema.get("anyOf")) {
                one |= ends(alternative, open);
            }
            found &= one;
        }
        open.remove(open.size() - 1);
        if (found) {
            ending.put(schema, true);
        }
        return found;
    }

    @SuppressWarnings("ReferenceEquality") // equal schemas may stand in several places
    private static boolean isOpen(JsonNode schema, List<JsonNode> open) {
        return open.stream().anyMatch(node -> node == schema);
    }

    private List<JsonNode> needed(JsonNode schema) {
        List<JsonNode> needed = new ArrayList<>();
        ObjectNode target = schema instanceof ObjectNode object ? definitions.resolve(object) : null;
        if (target != null) {
            needed.add(target);
        }
        schema.path("required")
                .forEach(name -> needed.add(schema.path("properties").path(name.asText())));
        if (schema.path("minItems").asInt() > 0) {
            needed.add(schema.path("items"));
        }
        return needed;
    }

    private IllegalArgumentException endless(JsonNode schema, String path, List<JsonNode> open) {
        if (isOpen(schema, open)) {
            return Refusal.of(path, "it holds itself without end; make it @Nullable, an Optional or a List");
        }
        open.add(schema);
        ObjectNode target = schema instanceof ObjectNode object ? definitions.resolve(object) : null;
        if (target != null) {
            return endless(target, path, open);
        }
        for (JsonNode name : schema.path("required")) {
            JsonNode part = schema.path("properties").path(name.asText());
            if (!ending.containsKey(part)) {
                return endless(part, path + "." + name.asText(), open);
            }
        }
        if (schema.path("minItems").asInt() > 0 && !ending.containsKey(schema.get("items"))) {
            return endless(schema.get("items"), path + "[]", open);
        }
        for (JsonNode alternative : schema.path("anyOf")) {
            if (!ending.containsKey(alternative)) {
                return endless(alternative, path, open);
            }
        }
        return Refusal.of(path, "its values cannot end");
    }
}
