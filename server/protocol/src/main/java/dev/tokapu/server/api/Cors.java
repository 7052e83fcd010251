package dev.tokapu.server.api;

import dev.tokapu.server.http.Exchange;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Pages of which other origins may call the server from a browser.
 *
 * <p>Thread safety: immutable.
 *
 * @param origins the origins, exactly as browsers send them: {@code https://app.example}
 * @since 0.1
 */
public record Cors(Set<String> origins) {

    /** Those of none. */
    public static final Cors NONE = new Cors(Set.of());

    private static final String SECONDS = "600";
    private static final String EXPOSED =
            "x-request-id, request-id, retry-after, x-ratelimit-limit-requests, x-ratelimit-remaining-requests,"
                    + " x-ratelimit-reset-requests, x-ratelimit-limit-tokens, x-ratelimit-remaining-tokens,"
                    + " x-ratelimit-reset-tokens";

    /** Checks the values. */
    public Cors {
        origins = Set.copyOf(origins);
        for (String origin : origins) {
            check(origin);
        }
    }

    private static void check(String origin) {
        URI uri;
        try {
            uri = URI.create(origin);
        } catch (IllegalArgumentException e) {
            throw wrong(origin);
        }
        boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        if (!web || uri.getHost() == null || !origin.equals(uri.getScheme() + "://" + uri.getRawAuthority())) {
            throw wrong(origin);
        }
    }

    private static IllegalArgumentException wrong(String origin) {
        return new IllegalArgumentException("'" + origin
                + "' is no origin; give scheme, host and port, as browsers send them: https://app.example");
    }

    boolean allows(@Nullable String origin) {
        return origin != null && origins.contains(origin);
    }

    /** Whether a browser asks whether it may call. */
    boolean isPreflight(Exchange exchange) {
        return exchange.method().equals("OPTIONS")
                && exchange.header("access-control-request-method") != null
                && allows(exchange.header("origin"));
    }

    /** What is answered to that. */
    Map<String, String> preflight(Exchange exchange) {
        Map<String, String> headers = new LinkedHashMap<>(headers(exchange));
        headers.put("access-control-allow-methods", "GET, POST, DELETE");
        String wanted = exchange.header("access-control-request-headers");
        if (wanted != null && wanted.matches("[A-Za-z0-9_, -]{1,2000}")) {
            headers.put("access-control-allow-headers", wanted); // keys are what protects, not names of headers
        }
        headers.put("access-control-max-age", SECONDS);
        return headers;
    }

    /** What lets the page see a response. */
    Map<String, String> headers(Exchange exchange) {
        String origin = exchange.header("origin");
        if (origins.isEmpty()) {
            return Map.of();
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("vary", "origin");
        if (origin != null && allows(origin)) {
            headers.put("access-control-allow-origin", origin);
            headers.put("access-control-expose-headers", EXPOSED);
        }
        return headers;
    }
}
