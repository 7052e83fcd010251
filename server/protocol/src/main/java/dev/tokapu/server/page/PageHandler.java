package dev.tokapu.server.page;

import dev.tokapu.server.http.Exchange;
import dev.tokapu.server.http.HttpHandler;
import dev.tokapu.server.http.Upload;
import dev.tokapu.server.page.PageFile.Encoding;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Serves the page to browsers, and passes everything else on. Clients that accept HTML get it at /; its assets are below /assets.
 * It needs no key; what it asks the server does.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class PageHandler implements HttpHandler {

    private static final String INDEX = "index.html";
    private static final byte[] NOTHING = {};

    /** It runs its own scripts alone, loads nothing from elsewhere, and makes no HTML out of text. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private final HttpHandler next;
    private final PageFiles files = PageFiles.load();

    /**
     * Creates one.
     *
     * @param next what answers all that is not the page
     */
    public PageHandler(HttpHandler next) {
        this.next = next;
    }

    @Override
    public void handle(Exchange exchange) {
        PageFile file = find(exchange);
        if (file == null) {
            next.handle(exchange);
            return;
        }
        boolean isIndex = exchange.path().equals("/");
        Encoding encoding = file.bestFor(exchange.header("accept-encoding"));
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("etag", encoding.tag());
        headers.put("cache-control", isIndex ? "no-cache" : "public, max-age=31536000, immutable");
        headers.put("vary", isIndex ? "accept, accept-encoding" : "accept-encoding");
        headers.put("x-content-type-options", "nosniff");
        headers.put("referrer-policy", "no-referrer");
        headers.put("cross-origin-resource-policy", "same-origin");
        headers.put("content-security-policy", POLICY);
        if (isKnown(encoding, exchange.header("if-none-match"))) {
            exchange.respond(304, headers, NOTHING);
            return;
        }
        headers.put("content-type", file.type());
        if (!encoding.name().isEmpty()) {
            headers.put("content-encoding", encoding.name());
        }
        exchange.respond(200, headers, encoding.bytes());
    }

    @Override
    public void check(Exchange head) {
        if (find(head) == null) {
            next.check(head);
        }
    }

    @Override
    public void refuse(Exchange head, RuntimeException problem) {
        next.refuse(head, problem);
    }

    @Override
    public @Nullable Upload upload(Exchange head) {
        return next.upload(head);
    }

    private @Nullable PageFile find(Exchange exchange) {
        String method = exchange.method();
        String path = exchange.path();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return null;
        }
        if (path.equals("/")) {
            String accept = exchange.header("accept");
            return accept != null && HeaderList.has(accept, "text/html") ? files.find(INDEX) : null;
        }
        return path.startsWith("/assets/") ? files.find(path.substring(1)) : null;
    }

    private static boolean isKnown(Encoding encoding, @Nullable String known) {
        return known != null
                && (known.trim().equals("*") || known.replace("W/", "").contains(encoding.tag()));
    }
}
