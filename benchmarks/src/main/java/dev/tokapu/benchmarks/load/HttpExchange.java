package dev.tokapu.benchmarks.load;

import dev.tokapu.cli.load.CompletionEvent;
import dev.tokapu.cli.load.Outcome;
import dev.tokapu.cli.load.Receiver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One request to a server and its streamed answer.
 *
 * <p>Thread safety: used by the thread of {@link HttpTarget} alone.
 */
final class HttpExchange {

    private static final int MESSAGE_CHARS = 300;

    private final ByteBuffer request;
    private final Receiver receiver;
    private final EventStream stream = new EventStream(this::line);
    private final StringBuilder refusal = new StringBuilder();
    private @Nullable SocketChannel channel;
    private long arrived;
    private int promptTokens;
    private int completionTokens;
    private boolean done;
    private boolean ended;
    private String error = "";

    HttpExchange(ByteBuffer request, Receiver receiver) {
        this.request = request;
        this.receiver = receiver;
    }

    void open(Selector selector, InetSocketAddress address) {
        try {
            SocketChannel opened = SocketChannel.open();
            channel = opened;
            opened.configureBlocking(false);
            opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
            boolean connected = opened.connect(address);
            opened.register(selector, connected ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT, this);
        } catch (IOException e) {
            end(new Outcome.Failed("cannot connect to " + address + ": " + e.getMessage()));
        }
    }

    /**
     * Goes on as far as the connection lets it.
     *
     * @param buffer for what is read
     */
    void ready(SelectionKey key, ByteBuffer buffer) {
        SocketChannel open = (SocketChannel) key.channel();
        try {
            if (key.isConnectable() && open.finishConnect()) {
                key.interestOps(SelectionKey.OP_WRITE);
            } else if (key.isWritable()) {
                open.write(request);
                if (!request.hasRemaining()) {
                    key.interestOps(SelectionKey.OP_READ);
                }
            } else if (key.isReadable()) {
                read(open, buffer);
            }
        } catch (IOException | IllegalStateException | NumberFormatException e) {
            end(new Outcome.Failed("the connection failed: " + e));
        }
    }

    private void read(SocketChannel open, ByteBuffer buffer) throws IOException {
        buffer.clear();
        int count = open.read(buffer);
        arrived = System.nanoTime();
        if (count < 0) {
            stream.close();
        } else {
            stream.read(buffer.flip());
        }
        if (done || stream.ended() || !error.isEmpty()) {
            end(outcome());
        }
    }

    private void line(String line) {
        if (stream.status() != 200) {
            refusal.append(line);
        } else if (line.equals("data: [DONE]")) {
            done = true;
        } else if (line.startsWith("data:")) {
            event(line.substring("data:".length()));
        } else if (line.startsWith("error:")) {
            error = line;
        }
    }

    private void event(String json) {
        try {
            CompletionEvent event = CompletionEvent.parse(json);
            if (event.hasTokens()) {
                receiver.onTokens(1, arrived);
            }
            promptTokens = Math.max(promptTokens, event.promptTokens());
            completionTokens = Math.max(completionTokens, event.completionTokens());
            error = event.error();
        } catch (IOException e) {
            error = "an event that is no JSON: " + json;
        }
    }

    private Outcome outcome() {
        int status = stream.status();
        if (status == 429 || status == 503) {
            return new Outcome.Rejected(retryAfter(stream.header("Retry-After")));
        }
        if (status != 200) {
            return new Outcome.Failed("status " + status + ": " + shortened(refusal.toString()));
        }
        if (!error.isEmpty()) {
            return new Outcome.Failed(shortened(error));
        }
        return done
                ? new Outcome.Success(promptTokens, completionTokens)
                : new Outcome.Failed("the answer ended before [DONE]");
    }

    /** Seconds; a date, which HTTP allows as well, is not read. */
    private static double retryAfter(String header) {
        try {
            return Double.parseDouble(header);
        } catch (NumberFormatException noNumber) {
            return -1;
        }
    }

    private static String shortened(String text) {
        return text.length() <= MESSAGE_CHARS ? text : text.substring(0, MESSAGE_CHARS) + "...";
    }

    private void end(Outcome outcome) {
        if (ended) {
            return;
        }
        ended = true;
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException alreadyGone) {
            // Nothing is left to be done.
        }
        receiver.onEnd(outcome);
    }
}
