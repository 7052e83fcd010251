package dev.tokapu.server;

import dev.tokapu.server.http.Exchange;
import dev.tokapu.server.http.Form;
import dev.tokapu.server.http.ResponseStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A request without a connection; what is answered stays here. */
public final class FakeExchange implements Exchange, ResponseStream {

    private final String method;
    private final String path;
    private final String body;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final List<Runnable> whenClosed = new ArrayList<>();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final Map<String, String> query = new LinkedHashMap<>();
    private Form form;
    private Runnable drained = () -> {};
    public int status;
    public Map<String, String> responseHeaders = Map.of();
    public boolean full;
    public boolean gone;
    public boolean ended;
    public boolean aborted;

    public FakeExchange(String method, String path, String body) {
        this.method = method;
        this.path = path;
        this.body = body;
    }

    /** With a header. */
    public FakeExchange with(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /** With a parameter of the query. */
    public FakeExchange ask(String name, String value) {
        query.put(name, value);
        return this;
    }

    /** With a form instead of a body. */
    public FakeExchange with(Form value) {
        form = value;
        return this;
    }

    /** What was sent of the body. */
    public synchronized String sent() {
        return sent.toString(StandardCharsets.UTF_8);
    }

    /** The client goes away. */
    public void leave() {
        gone = true;
        List.copyOf(whenClosed).forEach(Runnable::run);
    }

    /** The client takes again. */
    public void drain() {
        full = false;
        drained.run();
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public String query(String name) {
        return query.get(name);
    }

    @Override
    public Form form() {
        return form;
    }

    @Override
    public String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public byte[] body() {
        return body.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String remoteAddress() {
        return "test";
    }

    @Override
    public synchronized void respond(int code, Map<String, String> more, byte[] bytes) {
        status = code;
        responseHeaders = more;
        sent.writeBytes(bytes);
        ended = true;
    }

    @Override
    public synchronized ResponseStream begin(int code, Map<String, String> more) {
        status = code;
        responseHeaders = more;
        return this;
    }

    @Override
    public void onClosed(Runnable action) {
        if (gone) {
            action.run();
        } else {
            whenClosed.add(action);
        }
    }

    @Override
    public synchronized boolean write(byte[] bytes) {
        sent.writeBytes(bytes);
        return !full;
    }

    @Override
    public boolean wantsMore() {
        return !full;
    }

    @Override
    public void onDrained(Runnable action) {
        drained = action;
    }

    @Override
    public void end() {
        ended = true;
    }

    @Override
    public void abort() {
        aborted = true;
    }
}
