package dev.tokapu.cli;

import java.util.Locale;

/** Sizes as a person reads them. */
final class Units {

    private Units() {}

    /** For example {@code 92.49 MiB}. */
    static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double value = bytes;
        String unit = "B";
        for (String next : new String[] {"KiB", "MiB", "GiB", "TiB"}) {
            if (value < 1024) {
                break;
            }
            value /= 1024;
            unit = next;
        }
        return String.format(Locale.ROOT, "%.2f %s", value, unit);
    }

    /** For example {@code 134.52 M}. */
    static String count(long count) {
        if (count < 1_000_000) {
            return Long.toString(count);
        }
        return count < 1_000_000_000
                ? String.format(Locale.ROOT, "%.2f M", count / 1e6)
                : String.format(Locale.ROOT, "%.2f B", count / 1e9);
    }
}
