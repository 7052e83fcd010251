package dev.tokapu.cli;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;

/** What spans are sent to: reads as much of OTLP as tests look at. */
final class OtlpReceiver implements AutoCloseable {

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    /** A span of what was sent. */
    record Received(String traceId, String name) {}

    final List<Received> spans = new CopyOnWriteArrayList<>();
    final List<String> problems = new CopyOnWriteArrayList<>();
    private final HttpServer http;

    OtlpReceiver() {
        try {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        http.createContext("/", exchange -> {
            String type = exchange.getRequestHeaders().getFirst("content-type");
            if (!exchange.getRequestURI().getPath().equals("/v1/traces") || !"application/x-protobuf".equals(type)) {
                problems.add(exchange.getRequestURI() + " as " + type);
            }
            boolean packed = "gzip".equals(exchange.getRequestHeaders().getFirst("content-encoding"));
            byte[] body = (packed ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody())
                    .readAllBytes();
            for (byte[] resourceSpans : fields(body, 1)) {
                for (byte[] scopeSpans : fields(resourceSpans, 2)) {
                    fields(scopeSpans, 2).forEach(span -> spans.add(received(span)));
                }
            }
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        http.start();
    }

    String endpoint() {
        return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    private static Received received(byte[] span) {
        return new Received(
                HexFormat.of().formatHex(fields(span, 1).get(0)),
                new String(fields(span, 5).get(0), StandardCharsets.UTF_8));
    }

    /** The values of a field of a message of Protocol Buffers that are texts, bytes or messages. */
    private static List<byte[]> fields(byte[] message, int field) {
        List<byte[]> values = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(message);
        while (in.hasRemaining()) {
            long tag = varint(in);
            switch ((int) tag & 7) {
                case VARINT -> varint(in);
                case FIXED64 -> in.position(in.position() + Long.BYTES);
                case FIXED32 -> in.position(in.position() + Integer.BYTES);
                case BYTES -> {
                    byte[] value = new byte[(int) varint(in)];
                    in.get(value);
                    if (tag >>> 3 == field) {
                        values.add(value);
                    }
                }
                default -> throw new IllegalArgumentException("no message: tag " + tag);
            }
        }
        return values;
    }

    @SuppressWarnings("CheckReturnValue") // some are skipped
    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
