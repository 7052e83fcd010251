package dev.tokapu.internal.grammar;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Properties of which only so many may be written: what may follow depends on how many there are already.
 *
 * <p>Thread safety: confined.
 */
final class CountedProperties {

    private final List<SchemaObjects.Property> properties;
    private final SchemaCounts counts;
    private final String comma;
    private final GrammarRules rules;
    private final Map<Long, @Nullable String> known = new HashMap<>();

    CountedProperties(List<SchemaObjects.Property> properties, SchemaCounts counts, String comma, GrammarRules rules) {
        this.properties = properties;
        this.counts = counts;
        this.comma = comma;
        this.rules = rules;
    }

    /** Whether the counts forbid anything. */
    static boolean isLimited(List<SchemaObjects.Property> properties, SchemaCounts counts) {
        long required =
                properties.stream().filter(SchemaObjects.Property::required).count();
        return counts.min() > required || (counts.max() != Regex.ENDLESS && counts.max() < properties.size());
    }

    /** The properties with their commas; null when there are too many or too few. */
    @Nullable
    String write() {
        return from(0, 0);
    }

    private @Nullable String from(int index, int used) {
        if (index == properties.size()) {
            return counts.holds(used) ? "" : null;
        }
        if (counts.max() != Regex.ENDLESS && used > counts.max()) {
            return null;
        }
        long key = (long) index << 32 | used;
        if (!known.containsKey(key)) {
            known.put(key, make(index, used));
        }
        return known.get(key);
    }

    private @Nullable String make(int index, int used) {
        SchemaObjects.Property property = properties.get(index);
        String after = from(index + 1, used + 1);
        String without = property.required() ? null : from(index + 1, used);
        if (after == null) {
            return without;
        }
        String pair = rules.rule("property", property.text());
        String with = SchemaLayout.sequence(used > 0 ? comma : "", pair, after);
        return without == null ? with : rules.rule("rest", without + " | " + with);
    }
}
