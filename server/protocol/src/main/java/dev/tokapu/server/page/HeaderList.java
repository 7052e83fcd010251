package dev.tokapu.server.page;

import java.util.Locale;

/** Headers that are lists of what a client takes: {@code gzip, br;q=0.5}. */
final class HeaderList {

    private HeaderList() {}

    /** Whether a list names something, and not to say that it is not wanted. */
    static boolean has(String list, String wanted) {
        for (String item : list.split(",", -1)) {
            String[] parts = item.split(";", -1);
            if (parts[0].trim().equalsIgnoreCase(wanted)) {
                return !isRefused(parts);
            }
        }
        return false;
    }

    private static boolean isRefused(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            if (parts[i].trim().toLowerCase(Locale.ROOT).matches("q=0(\\.0*)?")) {
                return true;
            }
        }
        return false;
    }
}
