package dev.tokapu.structured;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.IdentityHashMap;
import java.util.Objects;

/**
 * What the parts of a schema are about: paths for people, such as {@code Order.items[].price}.
 *
 * <p>Thread safety: confined.
 */
final class SchemaPaths {

    private final IdentityHashMap<JsonNode, String> paths = new IdentityHashMap<>();

    void add(ObjectNode schema, String path) {
        paths.put(schema, path);
    }

    /**
     * The path of the innermost part that has one.
     *
     * @param root the whole, which has one
     * @param pointer {@code #} and a JSON pointer into it
     */
    String path(JsonNode root, String pointer) {
        String path = Objects.requireNonNull(paths.get(root));
        JsonNode node = root;
        for (JsonPointer rest = JsonPointer.compile(pointer.substring(1)); !rest.matches(); rest = rest.tail()) {
            node = node.path(rest.getMatchingProperty()).isMissingNode()
                    ? node.path(rest.getMatchingIndex())
                    : node.path(rest.getMatchingProperty());
            path = paths.getOrDefault(node, path);
        }
        return path;
    }
}
