package dev.tokapu.server.http;

/**
 * A body that is sent part by part. After the client has gone, its methods do nothing.
 *
 * <p>Thread safety: one thread at a time writes; any may call {@link #abort()}.
 *
 * @since 0.1
 */
public interface ResponseStream {

    /**
     * Sends a part; it never waits. What the client does not take is kept.
     *
     * @param bytes the part; not to be changed afterwards
     * @return whether more is wanted; false when more is kept than there should be, until {@link #onDrained} tells
     */
    boolean write(byte[] bytes);

    /** {@return whether more is wanted} */
    boolean wantsMore();

    /**
     * Sets what is run each time when more is wanted after {@link #write} has said no.
     *
     * @param action what to run; it must not wait
     */
    void onDrained(Runnable action);

    /** Ends the body. */
    void end();

    /** Cuts the connection, so that the body does not look complete. */
    void abort();
}
