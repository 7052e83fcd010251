package dev.tokapu.mcp;

import com.sun.net.httpserver.HttpExchange;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;

/**
 * The bodies of requests, which have a limit each and one for all that are in memory: a byte counts from when it has come until the response to its request is made.
 *
 * <p>Thread safety: safe.
 */
final class RequestBodies {

    private static final int BUFFER = 16 << 10;
    private static final int TOO_LARGE = 413;
    private static final int UNAVAILABLE = 503;

    private final int most;
    private final int mostOfAll;
    private final Semaphore left;

    /**
     * Counts none yet.
     *
     * @param most bytes of one
     * @param mostOfAll bytes of all together
     */
    RequestBodies(int most, int mostOfAll) {
        this.most = most;
        this.mostOfAll = mostOfAll;
        this.left = new Semaphore(mostOfAll);
    }

    /** {@return a body of which nothing has come yet} */
    Body open() {
        return new Body();
    }

    /** The bytes of a body, which count until it is closed. */
    final class Body implements AutoCloseable {

        private int length;

        /**
         * {@return all of it}
         *
         * @throws HttpRefusal when it is too large, or too many others are in memory
         */
        String read(HttpExchange exchange) throws IOException {
            String announced = exchange.getRequestHeaders().getFirst("content-length");
            if (announced != null && Long.parseLong(announced.trim()) > most) {
                throw tooLarge();
            }
            InputStream in = exchange.getRequestBody();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            byte[] buffer = new byte[BUFFER];
            int more = in.read(buffer);
            while (more >= 0) {
                count(more);
                bytes.write(buffer, 0, more);
                more = in.read(buffer);
            }
            return bytes.toString(StandardCharsets.UTF_8);
        }

        private void count(int more) throws HttpRefusal {
            if (length + more > most) {
                throw tooLarge();
            }
            if (!left.tryAcquire(more)) {
                throw new HttpRefusal(
                        UNAVAILABLE,
                        McpSchema.ErrorCodes.INTERNAL_ERROR,
                        "the messages that are being answered have " + mostOfAll + " bytes already; try again later");
            }
            length += more;
        }

        @Override
        public void close() {
            left.release(length);
        }
    }

    private HttpRefusal tooLarge() {
        return new HttpRefusal(TOO_LARGE, "a message has more than " + most + " bytes");
    }

    /**
     * Reads what is left of a refused body, if it is not much too large, once the answer is sent: a client that still sends when the connection ends may not
     * come to reading it.
     */
    void discard(HttpExchange exchange) {
        InputStream in = exchange.getRequestBody();
        byte[] buffer = new byte[BUFFER];
        try {
            int rest = most;
            int length = 0;
            while (length >= 0 && rest > 0) {
                length = in.read(buffer);
                rest -= length;
            }
        } catch (IOException e) {
            // It sends nothing more.
        }
    }
}
