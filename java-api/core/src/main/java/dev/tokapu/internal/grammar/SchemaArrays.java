package dev.tokapu.internal.grammar;

import dev.tokapu.internal.grammar.SchemaParts.Place;
import java.util.ArrayList;
import java.util.List;

/**
 * The grammar of arrays.
 *
 * <p>Thread safety: confined.
 */
final class SchemaArrays {

    private static final int MAX_PREFIX = 1000;

    private final SchemaCompiler compiler;
    private final SchemaLayout layout;

    SchemaArrays(SchemaCompiler compiler, SchemaLayout layout) {
        this.compiler = compiler;
        this.layout = layout;
    }

    String write(List<SchemaPart> parts, String path) {
        SchemaCounts counts = SchemaCounts.of(parts, "minItems", "maxItems", path);
        int prefix = parts.stream().mapToInt(part -> prefix(part).size()).max().orElse(0);
        if (prefix > MAX_PREFIX) {
            throw new SchemaProblem(path, "it has more than " + MAX_PREFIX + " prefixItems");
        }
        if (prefix > 0) {
            return tuple(parts, counts, prefix, path);
        }
        String item;
        try {
            item = item(parts, 0, path);
        } catch (SchemaProblem.NoValue e) {
            if (counts.min() > 0) {
                throw new SchemaProblem.NoValue(path, "minItems asks for items, but none is allowed", e);
            }
            return layout.within('[', "", ']');
        }
        return layout.list('[', item, counts, ']');
    }

    /** All of the first items; further ones only when there must be more. */
    private String tuple(List<SchemaPart> parts, SchemaCounts counts, int prefix, String path) {
        int n = counts.max() == Regex.ENDLESS ? prefix : Math.min(counts.max(), prefix);
        List<String> items = new ArrayList<>();
        for (int i = 0; i < Math.max(n, counts.min()); i++) {
            try {
                items.add(item(parts, i, path));
            } catch (SchemaProblem.NoValue e) {
                if (i < counts.min()) {
                    throw e;
                }
                break;
            }
        }
        return layout.within('[', String.join(" " + layout.comma() + " ", items), ']');
    }

    private static List<?> prefix(SchemaPart part) {
        Object first = part.has("prefixItems") ? part.get("prefixItems") : part.get("items");
        if (part.has("prefixItems") && !(first instanceof List)) {
            throw new SchemaProblem(part.path(), "prefixItems must be an array of schemas");
        }
        return first instanceof List<?> list ? list : List.of();
    }

    private String item(List<SchemaPart> parts, int index, String path) {
        List<Place> places = new ArrayList<>();
        for (SchemaPart part : parts) {
            List<?> prefix = prefix(part);
            boolean old = part.get("items") instanceof List;
            if (index < prefix.size()) {
                String keyword = old && !part.has("prefixItems") ? "items" : "prefixItems";
                places.add(new Place(prefix.get(index), part.path() + "/" + keyword + "/" + index));
            } else if (old && part.has("additionalItems")) {
                places.add(new Place(part.get("additionalItems"), part.path() + "/additionalItems"));
            } else if (!old && part.has("items")) {
                places.add(new Place(part.get("items"), part.path() + "/items"));
            }
        }
        return compiler.value(places, path + "/items");
    }
}
