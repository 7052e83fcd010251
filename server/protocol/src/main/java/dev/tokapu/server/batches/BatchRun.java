package dev.tokapu.server.batches;

import dev.tokapu.server.files.FileStore;
import dev.tokapu.server.files.StoredFile;
import dev.tokapu.server.json.JsonText;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A batch in progress: where its file was read to, and what is being answered.
 *
 * <p>Thread safety: confined to the thread of the runner.
 */
final class BatchRun implements Closeable {

    private static final String JSON = "application/json";

    private final Batch batch;
    private final LineReader lines;
    private final BatchOutput output;
    private final Set<LineExchange> running = new HashSet<>();
    private final Deque<BatchRequest> next = new ArrayDeque<>(); // read, and not being answered
    private boolean read; // to the end
    private long waitUntil = Long.MIN_VALUE; // of the runner's clock
    private long turn;

    private BatchRun(Batch batch, LineReader lines, BatchOutput output) {
        this.batch = batch;
        this.lines = lines;
        this.output = output;
    }

    /** Opens a batch whose requests are known to be sound; without its file, it has none. */
    static BatchRun open(Batch batch, FileStore files, BatchOutput output) throws IOException {
        try {
            StoredFile file = files.find(batch.input(), batch.tenant());
            InputStream input = file == null ? InputStream.nullInputStream() : files.open(file);
            return new BatchRun(batch, new LineReader(input, Integer.MAX_VALUE), output);
        } catch (IOException e) {
            output.close();
            throw e;
        }
    }

    Batch batch() {
        return batch;
    }

    BatchOutput output() {
        return output;
    }

    Batch.Counts counts() {
        return new Batch.Counts(
                batch.counts().total(),
                output.answers().lines(),
                output.errors().lines(),
                output.usage());
    }

    /** When a request of it began last, in turns of the runner. */
    long turn() {
        return turn;
    }

    void waitUntil(long time) {
        waitUntil = Math.max(waitUntil, time);
    }

    boolean waits(long now) {
        return waitUntil > now;
    }

    int running() {
        return running.size();
    }

    boolean isRunning(LineExchange exchange) {
        return running.contains(exchange);
    }

    /** Whether there may be more requests; what is not read is not known. */
    boolean mayHaveNext() {
        return !read || !next.isEmpty();
    }

    /** Whether there are requests that are neither done nor being answered. */
    boolean hasNext() throws IOException {
        while (next.isEmpty() && !read) {
            byte @Nullable [] line = lines.next();
            if (line == null) {
                read = true;
            } else if (!BatchRequest.isBlank(line) && !output.isDone(lines.number())) {
                next.add(BatchRequest.read(line, lines.number(), batch.endpoint()));
            }
        }
        return !next.isEmpty();
    }

    /** Takes the next request, of which there must be one. */
    BatchRequest take() {
        return next.remove();
    }

    /** It is being answered. */
    void begin(LineExchange exchange, long atTurn) {
        running.add(exchange);
        turn = atTurn;
    }

    /** It was not answered, and will be asked again. */
    void again(LineExchange exchange) {
        running.remove(exchange);
        next.addFirst(exchange.request());
    }

    /** It was answered. */
    void answered(LineExchange exchange) throws IOException {
        running.remove(exchange);
        BatchRequest request = exchange.request();
        if (exchange.isBroken()) {
            fail(request, "answer_incomplete", "the answer broke off; the server's log says why");
            return;
        }
        Map<String, Object> response = new LinkedHashMap<>();
        response.put("status_code", exchange.status());
        response.put("request_id", exchange.responseHeader("x-request-id"));
        byte[] body = exchange.sent();
        if (!exchange.responseHeader("content-type").equals(JSON)) {
            body = JsonText.write(new String(body, StandardCharsets.UTF_8));
        }
        byte[] head = JsonText.write(response);
        ByteArrayOutputStream line = new ByteArrayOutputStream(body.length + 500);
        line.writeBytes(beginning(request));
        line.writeBytes(ascii("\"response\":"));
        line.write(head, 0, head.length - 1);
        line.writeBytes(ascii(",\"body\":"));
        line.writeBytes(body);
        line.writeBytes(ascii("},\"error\":null}"));
        output.add(request.line(), exchange.status() < 300, line.toByteArray());
    }

    /** Whether all is done. */
    boolean isDone() {
        int done = output.answers().lines() + output.errors().lines();
        return running.isEmpty() && (done >= batch.counts().total() || !mayHaveNext());
    }

    /** Has all the rest fail, without asking. */
    void failRest(String code, String message) throws IOException {
        abandon();
        while (hasNext()) {
            fail(take(), code, message);
        }
    }

    private void fail(BatchRequest request, String code, String message) throws IOException {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", code);
        error.put("message", message);
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        line.writeBytes(beginning(request));
        line.writeBytes(ascii("\"response\":null,\"error\":"));
        line.writeBytes(JsonText.write(error));
        line.writeBytes(ascii("}"));
        output.add(request.line(), false, line.toByteArray());
    }

    private byte[] beginning(BatchRequest request) {
        Map<String, Object> beginning = new LinkedHashMap<>();
        beginning.put("id", BatchOutput.id(batch.id(), request.line()));
        beginning.put("custom_id", request.customId());
        byte[] json = JsonText.write(beginning);
        json[json.length - 1] = ',';
        return json;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Nobody waits for what is being answered; its requests are the next again. */
    void abandon() {
        List<LineExchange> left = new ArrayList<>(running);
        left.forEach(this::again);
        left.forEach(LineExchange::leave);
    }

    @Override
    public void close() throws IOException {
        abandon();
        try (lines) {
            output.close();
        }
    }
}
