package dev.tokapu.server.batches;

import dev.tokapu.server.http.Exchange;
import dev.tokapu.server.http.ResponseStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request of a batch as the APIs see it, and its response, in memory.
 *
 * <p>Thread safety: safe.
 */
final class LineExchange implements Exchange, ResponseStream {

    private final BatchRequest request;
    private final String batch;
    private final String endpoint;
    private final Consumer<LineExchange> onAnswer;
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream(); // with the lock of this, as the following
    private final List<Runnable> whenClosed = new ArrayList<>();
    private int status;
    private Map<String, String> headers = Map.of();
    private boolean done;
    private boolean broken;
    private boolean gone;

    LineExchange(BatchRequest request, String batch, String endpoint, Consumer<LineExchange> onAnswer) {
        this.request = request;
        this.batch = batch;
        this.endpoint = endpoint;
        this.onAnswer = onAnswer;
    }

    BatchRequest request() {
        return request;
    }

    synchronized int status() {
        return status;
    }

    /** Whether the answer was cut short, so that what was sent of it is of no use. */
    synchronized boolean isBroken() {
        return broken;
    }

    synchronized byte[] sent() {
        return sent.toByteArray();
    }

    /** A header of the response; empty when there is none. */
    synchronized String responseHeader(String name) {
        return headers.getOrDefault(name, "");
    }

    /** Nobody waits for the answer any more: its generation ends. */
    void leave() {
        List<Runnable> actions;
        synchronized (this) {
            if (done || gone) {
                return;
            }
            gone = true;
            actions = List.copyOf(whenClosed);
        }
        actions.forEach(Runnable::run);
    }

    @Override
    public String method() {
        return "POST";
    }

    @Override
    public String path() {
        return endpoint;
    }

    @Override
    public @Nullable String query(String name) {
        return null;
    }

    @Override
    public @Nullable String header(String name) {
        return name.equalsIgnoreCase("content-type") ? "application/json" : null;
    }

    @Override
    public byte[] body() {
        return request.body();
    }

    @Override
    public String remoteAddress() {
        return batch;
    }

    @Override
    public void respond(int code, Map<String, String> more, byte[] body) {
        begin(code, more);
        write(body);
        end();
    }

    @Override
    public synchronized ResponseStream begin(int code, Map<String, String> more) {
        status = code;
        headers = more;
        return this;
    }

    @Override
    public synchronized boolean write(byte[] bytes) {
        if (!done && !gone) {
            sent.writeBytes(bytes);
        }
        return true;
    }

    @Override
    public boolean wantsMore() {
        return true;
    }

    @Override
    public void onDrained(Runnable action) {
        // There is always room.
    }

    @Override
    public void end() {
        end(false);
    }

    @Override
    public void abort() {
        end(true);
    }

    private void end(boolean early) {
        synchronized (this) {
            if (done || gone) {
                return;
            }
            done = true;
            broken = early;
            whenClosed.clear();
        }
        onAnswer.accept(this);
    }

    @Override
    public void onClosed(Runnable action) {
        synchronized (this) {
            if (!gone) {
                whenClosed.add(action);
                return;
            }
        }
        action.run();
    }
}
