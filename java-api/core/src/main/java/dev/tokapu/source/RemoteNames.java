package dev.tokapu.source;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The texts that name models of hubs. What follows the scheme is the hub's to check. */
final class RemoteNames {

    private static final List<String> SCHEMES = List.of("hf", "ollama", "https", "http");
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+)://.*", Pattern.DOTALL);
    private static final String SEPARATOR = "://";
    private static final String SUFFIX = ".gguf";

    private RemoteNames() {}

    /** Whether it begins with a scheme, known or not. */
    static boolean isRemote(String text) {
        return SCHEME.matcher(text).matches();
    }

    static void check(String name) {
        String scheme = isRemote(name) ? name.substring(0, name.indexOf(SEPARATOR)) : "";
        if (!SCHEMES.contains(scheme)) {
            throw new IllegalArgumentException("'" + shown(name) + "' does not begin with one of "
                    + String.join(
                            ", ", SCHEMES.stream().map(one -> one + SEPARATOR).toList())
                    + "; give a name such as hf://org/repo:Q4_K_M, or the path of a file");
        }
        if (name.chars().anyMatch(c -> c <= ' ' || c == '\u007f')) {
            throw new IllegalArgumentException("'" + shown(name)
                    + "' has a space or a control character; give a name such as hf://org/repo:Q4_K_M");
        }
    }

    static String shortName(String name) {
        String path = name.replaceFirst("[?#].*", "").substring(name.indexOf(SEPARATOR) + SEPARATOR.length());
        String last = name.startsWith("http") ? path.substring(path.lastIndexOf('/') + 1) : path;
        return last.toLowerCase(Locale.ROOT).endsWith(SUFFIX)
                ? last.substring(0, last.length() - SUFFIX.length())
                : last;
    }

    /** For messages: a query may hold a secret, and a password is one. */
    static String shown(String name) {
        return name.replaceFirst("(?s)\\?.*", "?...")
                .replaceFirst("^(https?://)[^/]*@", "$1")
                .replaceAll("\\p{Cntrl}", "?");
    }
}
