package dev.tokapu.hub;

import java.util.List;
import java.util.regex.Pattern;

/** Names of files as hubs have them: relative, with slashes. They come from outside and become paths here. */
final class SafePath {

    private static final int MOST_BYTES = 240;
    private static final Pattern RESERVED = Pattern.compile("(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?");

    private SafePath() {}

    /** Whether it names a file below a folder on every system, without tricks. */
    static boolean isSafe(String path) {
        return !path.isEmpty() && List.of(path.split("/", -1)).stream().allMatch(SafePath::isSafeName);
    }

    private static boolean isSafeName(String name) {
        boolean characters = name.chars().allMatch(c -> !Character.isISOControl(c) && "\\:*?\"<>|".indexOf(c) < 0);
        return characters
                && !name.isBlank()
                && !name.startsWith(" ")
                && !name.endsWith(" ")
                && !name.endsWith(".") // also . and ..
                && name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length <= MOST_BYTES
                && !RESERVED.matcher(name).matches();
    }

    /** Refuses a name that a hub gave. */
    static void check(String path, String where) throws HubFailure {
        if (!isSafe(path)) {
            throw HubFailure.lasting(where + " lists a file named '" + path.replaceAll("\\p{Cntrl}", "?")
                    + "', which is no relative path; nothing was downloaded");
        }
    }
}
