package dev.tokapu.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that names one model and answers each other request with the same bytes, after which it closes the connection. */
final class ScriptedServer implements AutoCloseable {

    private static final String EVENTS =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

    /** The heads of the requests. */
    final List<String> heads = new CopyOnWriteArrayList<>();

    final List<String> bodies = new CopyOnWriteArrayList<>();
    private final ServerSocket socket;
    private final String models;
    private final String answer;

    private ScriptedServer(String models, String answer) throws IOException {
        this.models = models;
        this.answer = answer;
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::serve, "scripted-server");
        thread.setDaemon(true);
        thread.start();
    }

    /** {@return a server whose answers are these bytes} */
    static ScriptedServer answering(String answer) throws IOException {
        return new ScriptedServer(
                status(
                        "200 OK",
                        "application/json",
                        "{\"data\":[{\"id\":\"first\",\"owned_by\":\"x\"},{\"id\":\"b\"}]}"),
                answer);
    }

    /** {@return a server whose answers are these events} */
    static ScriptedServer streaming(String... events) throws IOException {
        StringBuilder answer = new StringBuilder(EVENTS);
        for (String event : events) {
            answer.append("data: ").append(event).append("\n\n");
        }
        return answering(answer.toString());
    }

    /** {@return a server that refuses every request} */
    static ScriptedServer refusing(String status) throws IOException {
        String refusal = status(status, "application/json", "{\"error\":{\"message\":\"no\"}}");
        return new ScriptedServer(refusal, refusal);
    }

    static String status(String status, String type, String body) {
        return "HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nConnection: close\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
    }

    String url() {
        return "http://127.0.0.1:" + socket.getLocalPort();
    }

    private void serve() {
        while (!socket.isClosed()) {
            try (Socket connection = socket.accept()) {
                answer(connection);
            } catch (IOException gone) {
                // The next one.
            }
        }
    }

    private void answer(Socket connection) throws IOException {
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        int length = 0;
        for (String line = reader.readLine(); line != null && !line.isEmpty(); line = reader.readLine()) {
            head.append(line).append('\n');
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(
                        line.substring("content-length:".length()).strip());
            }
        }
        char[] body = new char[length];
        for (int read = 0; read < length; ) {
            read += Math.max(0, reader.read(body, read, length - read));
        }
        heads.add(head.toString());
        bodies.add(new String(body));
        String bytes = head.toString().startsWith("GET /v1/models ") ? models : answer;
        connection.getOutputStream().write(bytes.getBytes(StandardCharsets.US_ASCII));
        connection.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
