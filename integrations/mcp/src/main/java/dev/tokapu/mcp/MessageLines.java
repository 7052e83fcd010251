package dev.tokapu.mcp;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Messages over two streams, one on each line, in UTF-8. MCP's SDK has the same, which stops to read at a line that is no message, loses a
 * message of two that are sent at a time, and takes the platform's charset.
 *
 * <p>Thread safety: safe.
 */
final class MessageLines {

    private static final Logger LOG = LoggerFactory.getLogger(McpClient.class);

    private final String name;
    private final McpJsonMapper mapper;
    private final InputStream in;
    private final OutputStream out;
    private final int mostBytes;

    MessageLines(String name, McpJsonMapper mapper, InputStream in, OutputStream out, int mostBytes) {
        this.name = name;
        this.mapper = mapper;
        this.in = new BufferedInputStream(in);
        this.out = out;
        this.mostBytes = mostBytes;
    }

    /** Reads until the end, on a thread of its own; {@code end} is told why it ends, null for the end of the stream. */
    void start(Consumer<McpSchema.JSONRPCMessage> receiver, Consumer<@Nullable IOException> end) {
        Thread reader = new Thread(
                () -> {
                    IOException reason = null;
                    try {
                        read(receiver);
                    } catch (IOException e) {
                        reason = e;
                    } finally {
                        end.accept(reason);
                    }
                },
                "tokapu-mcp-" + name);
        reader.setDaemon(true);
        reader.start();
    }

    private void read(Consumer<McpSchema.JSONRPCMessage> receiver) throws IOException {
        for (String line = line(in, mostBytes); line != null; line = line(in, mostBytes)) {
            if (line.isBlank()) {
                continue;
            }
            McpSchema.JSONRPCMessage message;
            try {
                message = McpSchema.deserializeJsonRpcMessage(mapper, line);
            } catch (IOException | RuntimeException e) {
                LOG.debug("{} wrote a line that is no message: {}", name, ServerText.shown(line));
                continue;
            }
            receiver.accept(message);
        }
    }

    /** The next line without its end; null at the end of the stream. */
    static @Nullable String line(InputStream in, int mostBytes) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        if (next < 0) {
            return null;
        }
        while (next >= 0 && next != '\n') {
            if (line.size() == mostBytes) {
                throw new IOException("a message has more than " + mostBytes + " bytes");
            }
            line.write(next);
            next = in.read();
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    /** Sends a message when it is subscribed to. */
    Mono<Void> sending(McpSchema.JSONRPCMessage message) {
        return Mono.fromCallable(() -> {
            send(message);
            return null;
        });
    }

    /** What is in a message, as a type. */
    <T> T value(Object data, TypeRef<T> type) {
        return mapper.convertValue(data, type);
    }

    private synchronized void send(McpSchema.JSONRPCMessage message) throws IOException {
        byte[] json = mapper.writeValueAsBytes(message);
        out.write(json);
        out.write('\n');
        out.flush();
    }
}
