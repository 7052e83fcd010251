package dev.tokapu.internal.grammar;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A schema with all that references in it can name: places, {@code $id}s and anchors.
 *
 * <p>Thread safety: confined.
 */
final class SchemaDocument {

    private static final int MAX_REFERENCE = 2048;
    private static final Set<String> VALUES = Set.of("const", "enum", "default", "example", "examples");
    private static final String HERE = "tokapu:///";

    /** What is named by a URI: the document, or a part with an {@code $id} of its own. */
    private record Resource(URI uri, Map<?, ?> schema, Map<String, Object> anchors, String path) {}

    /** A schema, and its place. */
    record Target(@Nullable Object schema, String path) {}

    private final IdentityHashMap<Object, Resource> owners = new IdentityHashMap<>();
    private final IdentityHashMap<Object, String> paths = new IdentityHashMap<>();
    private final Map<String, Resource> resources = new HashMap<>();
    private final Resource root;

    SchemaDocument(Map<?, ?> root) {
        Object old = root.containsKey("$id") ? null : root.get("id"); // before draft 6
        URI uri = uri(HERE, "#");
        Resource whole = new Resource(
                old instanceof String id && !id.startsWith("#") ? uri.resolve(uri(id, "#")) : uri,
                root,
                new HashMap<>(),
                "#");
        put(whole);
        collect(root, whole, "#");
        this.root = owners.getOrDefault(root, whole);
    }

    private void put(Resource resource) {
        if (resources.putIfAbsent(resource.uri().toString(), resource) != null) {
            throw new SchemaProblem(resource.path(), "the $id '" + resource.uri() + "' comes twice");
        }
    }

    private static URI uri(String text, String path) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new SchemaProblem(path, "'" + SchemaProblem.shortened(text, 100) + "' is no URI");
        }
    }

    private void collect(@Nullable Object node, Resource outer, String path) {
        if (node instanceof Map<?, ?> map) {
            Resource owner = owner(map, outer, path);
            owners.put(map, owner);
            paths.put(map, path);
            for (String key : List.of("$anchor", "$dynamicAnchor")) {
                if (map.get(key) instanceof String anchor) {
                    anchor(owner, anchor, map, path);
                }
            }
            map.forEach((key, member) -> {
                if (!VALUES.contains(key) || path.endsWith("/properties")) {
                    collect(member, owner, path + "/" + escaped(String.valueOf(key)));
                }
            });
        } else if (node instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                collect(list.get(i), outer, path + "/" + i);
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // equal schemas may stand in several places
    private Resource owner(Map<?, ?> map, Resource outer, String path) {
        if (!(map.get("$id") instanceof String id)) {
            return outer;
        }
        int hash = id.indexOf('#');
        if (hash == 0) {
            anchor(outer, id.substring(1), map, path); // draft 6 and 7
            return outer;
        }
        URI uri = outer.uri().resolve(uri(hash < 0 ? id : id.substring(0, hash), path + "/$id"));
        Resource resource = new Resource(uri, map, new HashMap<>(), path);
        if (map == outer.schema()) {
            resources.remove(outer.uri().toString());
        }
        put(resource);
        return resource;
    }

    @SuppressWarnings("ReferenceEquality") // as above
    private static void anchor(Resource owner, String anchor, Map<?, ?> map, String path) {
        Object other = owner.anchors().putIfAbsent(anchor, map);
        if (other != null && other != map) {
            throw new SchemaProblem(path, "the anchor '" + SchemaProblem.shortened(anchor, 100) + "' comes twice");
        }
    }

    /** A step of a JSON pointer, for messages and for {@code $ref}. */
    static String escaped(String step) {
        return step.replace("~", "~0").replace("/", "~1");
    }

    /** What a reference in a schema leads to. */
    Target resolve(@Nullable Object reference, String keyword, Map<?, ?> from, String path) {
        if (!(reference instanceof String text)) {
            throw new SchemaProblem(path, keyword + " must be a string");
        }
        if (text.length() > MAX_REFERENCE) {
            throw new SchemaProblem(path, keyword + " is longer than " + MAX_REFERENCE + " characters");
        }
        String shown = keyword + " '" + SchemaProblem.shortened(text, 100) + "'";
        int hash = text.indexOf('#');
        Resource resource = owners.getOrDefault(from, root);
        if (hash != 0 && !text.isEmpty()) {
            URI uri = resource.uri().resolve(uri(hash < 0 ? text : text.substring(0, hash), path));
            resource = resources.get(uri.toString());
            if (resource == null) {
                throw new SchemaProblem(
                        path,
                        shown + " leads out of this schema: nothing in it has the $id '" + uri
                                + "', and other documents are not read; put what it means under $defs");
            }
        }
        String fragment = hash < 0 ? "" : decoded(text.substring(hash + 1), shown, path);
        if (!fragment.isEmpty() && !fragment.startsWith("/")) {
            Object target = resource.anchors().get(fragment);
            if (target == null) {
                throw new SchemaProblem(path, shown + " leads nowhere: there is no $anchor of that name");
            }
            return new Target(target, paths.getOrDefault(target, text));
        }
        return new Target(follow(resource.schema(), fragment, shown, path), resource.path() + fragment);
    }

    private static String decoded(String fragment, String shown, String path) {
        try {
            return URLDecoder.decode(fragment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new SchemaProblem(path, shown + " has a '%' that is no escape; write '%25' for '%' itself");
        }
    }

    private static @Nullable Object follow(Map<?, ?> start, String pointer, String shown, String path) {
        Object node = start;
        String[] steps =
                pointer.isEmpty() ? new String[0] : pointer.substring(1).split("/", -1);
        for (String raw : steps) {
            String step = raw.replace("~1", "/").replace("~0", "~");
            if (node instanceof Map<?, ?> map && map.containsKey(step)) {
                node = map.get(step);
            } else if (node instanceof List<?> list
                    && step.matches("[0-9]{1,6}")
                    && Integer.parseInt(step) < list.size()) {
                node = list.get(Integer.parseInt(step));
            } else {
                throw new SchemaProblem(path, shown + " leads nowhere");
            }
        }
        return node;
    }

    /** Where a {@code $dynamicRef} leads: to the only anchor of its name, as there is no caller that could bring another. */
    Target resolveDynamic(@Nullable Object reference, Map<?, ?> from, String path) {
        Target target = resolve(reference, "$dynamicRef", from, path);
        if (target.schema() instanceof Map<?, ?> map && map.get("$dynamicAnchor") instanceof String anchor) {
            long same = resources.values().stream()
                    .filter(resource -> resource.anchors().get(anchor) instanceof Map<?, ?> other
                            && anchor.equals(other.get("$dynamicAnchor")))
                    .count();
            if (same > 1) {
                throw new SchemaProblem(
                        path,
                        "$dynamicRef to '" + anchor + "', which several parts define, cannot be followed; use $ref");
            }
        }
        return target;
    }
}
