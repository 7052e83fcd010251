package dev.tokapu.server.http;

/**
 * What answers requests.
 *
 * <p>Thread safety: safe; many requests at a time.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface HttpHandler {

    /**
     * Answers a request, now or later. It does not wait, so that the thread that reads connections may call it.
     *
     * @param exchange the request
     */
    void handle(Exchange exchange);
}
