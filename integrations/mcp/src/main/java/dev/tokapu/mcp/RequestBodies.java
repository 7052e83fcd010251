package dev.tokapu.mcp;

import com.sun.net.httpserver.HttpExchange;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;

/**
 * The bodies of requests, which have a limit each and one for all that are in memory: a byte counts from when it has come until its request is answered.
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

    /** A body, until it is closed. */
    final class Body implements AutoCloseable {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        private void add(byte[] buffer, int length) throws HttpRefusal {
            if (bytes.size() + length > most) {
                throw tooLarge();
            }
            if (!left.tryAcquire(length)) {
                throw new HttpRefusal(
                        UNAVAILABLE,
                        McpSchema.ErrorCodes.INTERNAL_ERROR,
                        "the messages that are being answered have " + mostOfAll + " bytes already; try again later");
            }
            bytes.write(buffer, 0, length);
        }

        String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }

        @Override
        public void close() {
            left.release(bytes.size());
        }
    }

    /**
     * {@return the body of a request, to be closed when that is answered}
     *
     * @throws HttpRefusal when it is too large, or too many others are in memory
     */
    Body read(HttpExchange exchange) throws IOException {
        InputStream in = exchange.getRequestBody();
        byte[] buffer = new byte[BUFFER];
        Body body = new Body();
        try {
            String announced = exchange.getRequestHeaders().getFirst("content-length");
            if (announced != null && Long.parseLong(announced.trim()) > most) {
                throw tooLarge();
            }
            int length = in.read(buffer);
            while (length >= 0) {
                body.add(buffer, length);
                length = in.read(buffer);
            }
            return body;
        } catch (HttpRefusal e) {
            body.close();
            discard(in, buffer);
            throw e;
        } catch (Throwable e) {
            body.close();
            throw e;
        }
    }

    private HttpRefusal tooLarge() {
        return new HttpRefusal(TOO_LARGE, "a message has more than " + most + " bytes");
    }

    /** Lets a client that is not much too large come to reading its answer: else the end of the connection reaches it first. */
    private void discard(InputStream in, byte[] buffer) {
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
