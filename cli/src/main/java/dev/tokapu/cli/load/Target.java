package dev.tokapu.cli.load;

/**
 * What requests are sent to.
 *
 * <p>Thread safety: {@code send} is called by one thread at a time and should not wait for the answer: while it does, no other
 * request is sent.
 */
public interface Target extends AutoCloseable {

    /**
     * Begins a request.
     *
     * @param request what is asked
     * @param receiver is told of tokens and, once, of the end; by any thread, by one at a time
     */
    void send(LoadRequest request, Receiver receiver);

    /**
     * What it tells of itself, beside what its users feel.
     *
     * @return JSON
     */
    default String details() {
        return "{}";
    }

    @Override
    void close();
}
