package dev.tokapu.benchmarks.load;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Reads an HTTP/1.1 response as its bytes arrive: status, headers, and the body line by line, in chunks or not. Just enough for
 * server-sent events.
 */
final class EventStream {

    private enum State {
        STATUS,
        HEADERS,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        BODY,
        END
    }

    /** The line that has no end yet, of the frame and of the body: a line of the body may go on in the next chunk. */
    private final ByteArrayOutputStream frame = new ByteArrayOutputStream();

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final Map<String, String> headers = new HashMap<>();
    private final Consumer<String> bodyLines;
    private State state = State.STATUS;
    private int status;
    private long left;

    /**
     * Nothing read yet.
     *
     * @param bodyLines gets each line of the body, without its end
     */
    EventStream(Consumer<String> bodyLines) {
        this.bodyLines = bodyLines;
    }

    /** The status code, or 0 before it has been read. */
    int status() {
        return status;
    }

    /** The value of a header, or the empty string. */
    String header(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    /** Whether the body has come to the end that was announced. */
    boolean ended() {
        return state == State.END;
    }

    /**
     * Reads what has arrived, in a buffer that has an array.
     *
     * @throws IllegalStateException if this is no HTTP/1.1 response
     */
    void read(ByteBuffer bytes) {
        while (bytes.hasRemaining() && state != State.END) {
            if (state == State.CHUNK || state == State.BODY) {
                ofBody(bytes);
            } else if (readLine(bytes, Integer.MAX_VALUE, frame)) {
                ofFrame(taken(frame));
            }
        }
    }

    /** Adds what there is up to the end of a line to it; whether that was its end. */
    private static boolean readLine(ByteBuffer bytes, long most, ByteArrayOutputStream line) {
        int begin = bytes.position();
        int last = begin + (int) Math.min(bytes.remaining(), most);
        int end = begin;
        while (end < last && bytes.get(end) != '\n') {
            end++;
        }
        line.write(bytes.array(), bytes.arrayOffset() + begin, end - begin);
        bytes.position(Math.min(end + 1, last));
        return end < last;
    }

    /** The connection has ended: hands over a last line that has no end. */
    void close() {
        if (body.size() > 0) {
            bodyLines.accept(taken(body));
        }
        state = State.END;
    }

    private void ofBody(ByteBuffer bytes) {
        int begin = bytes.position();
        boolean whole = readLine(bytes, left, body);
        left -= bytes.position() - begin;
        if (whole) {
            bodyLines.accept(taken(body));
        }
        if (left == 0 && state == State.CHUNK) {
            state = State.CHUNK_END;
        } else if (left == 0) {
            close();
        }
    }

    private void ofFrame(String line) {
        switch (state) {
            case STATUS -> {
                if (!line.matches("HTTP/1\\.[01] \\d{3}.*")) {
                    throw new IllegalStateException(
                            "the server's answer begins with '" + line + "', which is not HTTP/1.1");
                }
                status = Integer.parseInt(line.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
                state = State.HEADERS;
            }
            case HEADERS -> ofHeaders(line);
            case CHUNK_SIZE -> {
                int end = line.indexOf(';');
                left = Long.parseLong((end < 0 ? line : line.substring(0, end)).trim(), 16);
                state = State.CHUNK;
                if (left == 0) {
                    close();
                }
            }
            default -> state = State.CHUNK_SIZE;
        }
    }

    private void ofHeaders(String line) {
        int colon = line.indexOf(':');
        if (colon > 0) {
            headers.put(
                    line.substring(0, colon).trim().toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).trim());
        } else if (header("Transfer-Encoding").contains("chunked")) {
            state = State.CHUNK_SIZE;
        } else {
            String length = header("Content-Length");
            left = length.isEmpty() ? Long.MAX_VALUE : Long.parseLong(length);
            state = left == 0 ? State.END : State.BODY;
        }
    }

    /** A line without the carriage return at its end. */
    private static String taken(ByteArrayOutputStream line) {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
