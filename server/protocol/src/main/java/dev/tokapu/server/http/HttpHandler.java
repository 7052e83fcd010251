package dev.tokapu.server.http;

import org.jspecify.annotations.Nullable;

/**
 * What answers requests.
 *
 * <p>Thread safety: safe; many requests at a time.
 *
 * @since 0.1
 */
public interface HttpHandler {

    /**
     * Answers a request, now or later. It does not wait, so that the thread that reads connections may call it.
     *
     * @param exchange the request
     */
    void handle(Exchange exchange);

    /**
     * Looks at a request of which the head alone is there, before its body is read. It does not wait.
     *
     * @param head the request, without a body
     * @throws dev.tokapu.server.problem.ProblemException when its body is not wanted: it has no key, or nothing is there
     */
    void check(Exchange head);

    /**
     * Answers a request whose body has not come as a whole, and will not.
     *
     * @param head the request, without a body
     * @param problem why its body is not read
     */
    void refuse(Exchange head, RuntimeException problem);

    /**
     * Tells where the file of a form goes, once the head of its request is there. It does not wait.
     *
     * @param head the request, without a body
     * @return where it goes, to be closed when the request is over; null where no form is expected, and the body is read as any other
     * @throws dev.tokapu.server.problem.ProblemException when the caller may not send one
     */
    default @Nullable Upload upload(Exchange head) {
        return null;
    }
}
