package dev.tokapu.server.api;

/**
 * What a route does.
 *
 * <p>Thread safety: safe; many calls at a time.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface Operation {

    /**
     * Answers a call, now or later. What it throws is answered in the API's form of errors.
     *
     * @param call the call
     */
    void handle(Call call);
}
