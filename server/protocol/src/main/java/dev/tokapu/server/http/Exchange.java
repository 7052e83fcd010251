package dev.tokapu.server.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that has arrived whole, and its response: all that the protocols know of an HTTP library. Its
 * implementation limits what a client may send, decodes chunks, and keeps connections.
 *
 * <p>The response is given once, by {@link #respond} or by {@link #begin}. After the client has gone, both do nothing.
 *
 * <p>Thread safety: safe; any thread may respond.
 *
 * @since 0.1
 */
public interface Exchange {

    /** {@return the method, in capitals} */
    String method();

    /** {@return the path, decoded, without the query} */
    String path();

    /** {@return the first value of a parameter of the query; null when there is none} */
    @Nullable
    String query(String name);

    /** {@return the first value of a header, whose name is compared without regard to case; null when there is none} */
    @Nullable
    String header(String name);

    /** {@return the body, empty when there is none; not to be changed} */
    byte[] body();

    /** {@return the body as a form, where {@link HttpHandler#upload} said where its file goes; null for any other} */
    default @Nullable Form form() {
        return null;
    }

    /** {@return the address of the client, for the log} */
    String remoteAddress();

    /** Tells, before there is a response, that the request asks for a stream of events. */
    default void willStream() {}

    /**
     * Ends the streams whose place the response will take, before there is a response.
     *
     * @return whether there was any that had not ended
     */
    default boolean takePlace() {
        return false;
    }

    /**
     * Sends the whole response. The length is set by the implementation.
     *
     * @param status the status code
     * @param headers the headers
     * @param body the body; not to be changed afterwards
     */
    void respond(int status, Map<String, String> headers, byte[] body);

    /**
     * Sends the head of a response whose body comes in parts.
     *
     * @param status the status code
     * @param headers the headers
     * @return what takes the parts
     */
    ResponseStream begin(int status, Map<String, String> headers);

    /**
     * Adds what is run once when the client has gone before it had all of the response: as soon as that is known, also before there is any
     * response. At once if it has gone already.
     *
     * @param action what to run besides what was added before; it must not wait
     */
    void onClosed(Runnable action);
}
