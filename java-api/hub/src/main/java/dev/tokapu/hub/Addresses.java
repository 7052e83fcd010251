package dev.tokapu.hub;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Web addresses: which are allowed, and how paths become part of them. */
final class Addresses {

    private static final Pattern LITERAL = Pattern.compile("[0-9.]+|\\[[0-9a-fA-F:.]+]");

    private Addresses() {}

    /** Checks the address of a hub; it has no slash at the end afterwards. */
    static URI endpoint(URI uri) {
        String problem = problem(uri);
        if (problem != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("'" + (uri.isOpaque() ? uri : shown(uri)) + "' is no address of a hub: "
                    + (problem == null ? "it has a query or a fragment" : problem)
                    + "; give one such as https://hub.example");
        }
        return URI.create(uri.toString().replaceFirst("/+$", ""));
    }

    /** What is wrong with an address; null for nothing. */
    static @Nullable String problem(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http")) {
            return "it is neither https:// nor http://";
        }
        if (uri.getHost() == null) {
            return "it has no host";
        }
        return uri.getRawUserInfo() == null ? null : "it has a user or a password";
    }

    /** Why a request may not go there; null when it may. */
    static @Nullable String refusal(URI uri, boolean plainHttp) {
        String problem = problem(uri);
        if (problem != null) {
            return problem;
        }
        return plainHttp || !"http".equalsIgnoreCase(uri.getScheme()) || isLoopback(uri.getHost())
                ? null
                : "it is http://, which anyone on the way can change; use https://, or set -D" + HubEnvironment.PLAIN
                        + "=true";
    }

    /** By its name or number; no name is looked up. */
    static boolean isLoopback(String host) {
        if (host.equalsIgnoreCase("localhost")) {
            return true;
        }
        try {
            return LITERAL.matcher(host).matches()
                    && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Whether a secret for one address may go to the other. */
    static boolean isSameOrigin(URI one, URI other) {
        return String.valueOf(one.getScheme()).equalsIgnoreCase(other.getScheme())
                && String.valueOf(one.getHost()).equalsIgnoreCase(other.getHost())
                && port(one) == port(other);
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    /** An address below a hub's; the path is encoded. */
    static URI below(URI endpoint, String path, String query) {
        return URI.create(endpoint + "/" + encoded(path) + query);
    }

    /** All but letters, digits and a few signs becomes {@code %xx}; slashes stay. */
    static String encoded(String path) {
        StringBuilder text = new StringBuilder();
        for (byte one : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (one & 0xff);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || "-._~/".indexOf(c) >= 0)) {
                text.append(c);
            } else {
                text.append(String.format(Locale.ROOT, "%%%02X", (int) c));
            }
        }
        return text.toString();
    }

    /** For messages: without a password, and without the query, which may be a signature. */
    static String shown(URI uri) {
        String authority = uri.getAuthority();
        String host = authority == null ? null : authority.substring(authority.lastIndexOf('@') + 1);
        try {
            return new URI(uri.getScheme(), host, uri.getPath(), null, null).toString();
        } catch (URISyntaxException e) {
            return String.valueOf(uri.getHost());
        }
    }
}
