package dev.tokapu.server.streams;

import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.EventStream;
import dev.tokapu.server.api.SerialTask;
import java.util.concurrent.Executor;

/**
 * Sends what is kept of a stream, and then what follows, to a reader.
 *
 * <p>Thread safety: confined to its task.
 */
final class StreamReader {

    private static final int PART = 64 << 10;

    private final KeptStream stream;
    private final EventStream out;
    private long place;
    private boolean over;
    private final SerialTask task;

    private StreamReader(KeptStream stream, EventStream out, long place, Executor executor) {
        this.stream = stream;
        this.out = out;
        this.place = place;
        this.task = new SerialTask(executor, this::advance);
    }

    static void send(Call call, KeptStream stream, long place, Executor executor) {
        EventStream out = call.bytes("text/event-stream; charset=utf-8");
        StreamReader reader = new StreamReader(stream, out, place, executor);
        Runnable signal = reader.task::signal;
        out.onDrained(signal);
        stream.tell(signal);
        call.exchange().onClosed(() -> stream.tellNoMore(signal)); // at once where the client has gone: behind tell
        signal.run();
    }

    private void advance() {
        while (!over && out.wantsMore()) {
            boolean last = stream.isDone();
            byte[] part = stream.from(place, PART);
            if (part == null) { // too slow: what it should get next is gone
                over = true;
                out.abort();
            } else if (part.length > 0 && !out.isOver()) {
                place += part.length;
                out.data(part);
            } else if (last || out.isOver()) {
                over = true;
                out.end();
            } else {
                return;
            }
        }
    }
}
