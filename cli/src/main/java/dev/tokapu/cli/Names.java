package dev.tokapu.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Map;

/** Names that people mistype. */
final class Names {

    private Names() {}

    /** Refuses what is not known, with the nearest of what is. */
    static void refuseUnknown(Map<String, ConfigValue> members, Collection<String> known) {
        members.forEach((name, value) -> {
            if (!known.contains(name)) {
                throw value.wrong("'" + name + "' is not known; did you mean '" + nearest(name, known) + "'?");
            }
        });
    }

    /** The one that takes the fewest changes of a letter. */
    static String nearest(String name, Collection<String> known) {
        return known.stream()
                .min(Comparator.<String>comparingInt(one -> distance(name, one)).thenComparing(one -> one))
                .orElse(name);
    }

    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
