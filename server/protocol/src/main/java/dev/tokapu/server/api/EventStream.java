package dev.tokapu.server.api;

import dev.tokapu.server.http.ResponseStream;
import dev.tokapu.server.json.JsonText;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response part by part: server-sent events, lines of JSON, or bytes. While nothing is sent, comments or events without meaning keep the connection
 * open where the form has them; a client that takes nothing, or next to nothing, for too long is cut off.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class EventStream {

    /** Server-sent events. */
    static final Form EVENTS = new Form("text/event-stream; charset=utf-8", "data: ", "\n\n", ": keep-alive\n\n");

    /** A JSON value on each line. Clients read every line, so there are no comments. */
    static final Form LINES = new Form("application/x-ndjson", "", "\n", "");

    private static final byte[] DATA = ascii("data: ");
    private static final byte[] EVENT = ascii("event: ");
    private static final byte[] END = ascii("\n\n");

    private final byte[] before; // each event
    private final byte[] after;
    private final ResponseStream response;
    private final Service service;
    private final CallWork.Progress work;
    private final Runnable beforeEnd;
    private final Runnable onEnd;
    private final Object lock = new Object();
    // With the lock:
    private boolean ended;
    private boolean silent = true;
    private byte[] last = {}; // events that are sent with the end
    private final Pace pace;
    private byte[] filler;
    private @Nullable Runnable keepAlive;
    private @Nullable Runnable timeout; // while it waits for its client
    private Runnable drained = () -> {};

    /** How events are written: what is before and after each, and the comment, empty for none. */
    record Form(String type, String before, String after, String comment) {}

    /**
     * Begins one.
     *
     * @param work of the call; what is sent once that is complete waits for the end
     * @param beforeEnd what is run before the last events are sent, unless the client has gone
     * @param onEnd what is run at each end
     */
    EventStream(
            Form form,
            ResponseStream response,
            Service service,
            CallWork.Progress work,
            Runnable beforeEnd,
            Runnable onEnd) {
        this.before = ascii(form.before());
        this.after = ascii(form.after());
        this.filler = ascii(form.comment());
        this.response = response;
        this.service = service;
        this.pace = new Pace(service.writeTimeout());
        this.work = work;
        this.beforeEnd = beforeEnd;
        this.onEnd = onEnd;
        response.onDrained(this::drained);
        if (!form.comment().isEmpty()) {
            keepAlive = service.workers().later(this::keepAlive, service.keepAlive());
        }
    }

    /** Bytes as they are. */
    static Form bytes(String type) {
        return new Form(type, "", "", "");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Sends an event without a name. */
    public void data(byte[] data) {
        send(join(before, data, after));
    }

    /** Sends an event with a JSON value. */
    public void json(Object value) {
        data(JsonText.write(value));
    }

    /** Sends a server-sent event with a name. */
    public void event(String name, byte[] data) {
        send(named(name, data));
    }

    private static byte[] named(String name, byte[] data) {
        return join(EVENT, ascii(name), ascii("\n"), DATA, data, END);
    }

    /** Sets the event that keeps the connection open while there is nothing else to send, instead of comments. */
    public void keepAliveWith(String name, byte[] data) {
        synchronized (lock) {
            filler = named(name, data);
        }
    }

    private static byte[] join(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    private void send(byte[] bytes) {
        synchronized (lock) {
            if (ended) {
                return;
            }
            silent = false;
            if (work.isComplete()) {
                last = join(last, bytes);
                return;
            }
            pace.sent(bytes.length);
            if (!response.write(bytes) && timeout == null) {
                timeout = service.workers().later(response::abort, pace.begin(System.nanoTime()));
            }
        }
    }

    /** {@return whether more is wanted; of a stream that has ended everything is, and dropped} */
    public boolean wantsMore() {
        synchronized (lock) {
            return ended || response.wantsMore();
        }
    }

    /** Sets what is run when more is wanted again. */
    public void onDrained(Runnable action) {
        synchronized (lock) {
            drained = action;
        }
    }

    private void drained() {
        Runnable action;
        synchronized (lock) {
            cancelTimeout();
            action = drained;
        }
        action.run();
    }

    private void keepAlive() {
        synchronized (lock) {
            if (!ended) {
                if (silent && response.wantsMore()) {
                    send(filler);
                }
                silent = true;
                keepAlive = service.workers().later(this::keepAlive, service.keepAlive());
            }
        }
    }

    /** {@return whether it has ended, or the client has gone} */
    public boolean isOver() {
        synchronized (lock) {
            return ended;
        }
    }

    /** Cuts the connection, so that the body does not look complete. */
    public void abort() {
        response.abort();
    }

    /** Ends the stream. */
    public void end() {
        if (close()) {
            beforeEnd.run();
            if (last.length > 0) { // nothing adds to it any more
                boolean unused = response.write(last);
            }
            response.end();
        }
        onEnd.run();
    }

    /** The client has gone, or all is said. */
    boolean close() {
        Runnable action;
        synchronized (lock) {
            if (ended) {
                return false;
            }
            ended = true;
            cancelTimeout();
            if (keepAlive != null) {
                keepAlive.run();
            }
            action = drained;
        }
        action.run();
        return true;
    }

    private void cancelTimeout() {
        if (timeout != null) {
            timeout.run();
            timeout = null;
            pace.end(System.nanoTime());
        }
    }
}
