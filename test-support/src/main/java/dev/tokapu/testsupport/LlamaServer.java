package dev.tokapu.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A running llama-server, built from the same tree as the libraries, with one slot that remembers nothing of the request before.
 *
 * <p>Thread safety: safe; requests are served one after another.
 */
public final class LlamaServer implements AutoCloseable {

    private static final int LIMIT_MILLIS = 300_000;
    private static final int LOG_END = 3000;

    private final Process process;
    private final Path log;
    private final String address;

    /**
     * What it answered.
     *
     * @param status the HTTP status
     * @param body JSON, or events with JSON where the request asks for a stream
     */
    public record Answer(int status, String body) {}

    private LlamaServer(Process process, Path log, String address) {
        this.process = process;
        this.log = log;
        this.address = address;
    }

    /**
     * Starts it and waits until it serves.
     *
     * @param root the checkout, in which {@code native/target/server.path} names the folder of the program
     * @param model the model file
     * @param options further arguments
     */
    public static LlamaServer start(Path root, Path model, List<String> options) {
        Path log = OracleProcess.temporaryFile("");
        try {
            Path folder = Path.of(
                    Files.readString(root.resolve("native/target/server.path")).strip());
            Path program = folder.resolve("llama-server");
            if (!Files.isExecutable(program)) {
                throw new AssertionError(
                        "no llama-server in " + folder + "; build it with cmake --build --preset linux-x86_64-server");
            }
            int port = freePort();
            List<String> command = new ArrayList<>(List.of(program.toString(), "-m", model.toString()));
            command.addAll(List.of("--host", "127.0.0.1", "--port", Integer.toString(port), "-np", "1", "-c", "0"));
            command.addAll(List.of("-t", "1", "-tb", "1", "-fit", "off", "--no-warmup", "--no-ui", "--offline"));
            command.addAll(List.of("--cache-ram", "0", "--no-cache-prompt"));
            command.addAll(options);
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().put("LLAMA_SERVER_SLOTS_DEBUG", "1"); // for slot()
            Process process = builder.redirectInput(OracleProcess.NOTHING.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            LlamaServer server = new LlamaServer(process, log, "http://127.0.0.1:" + port);
            server.waitUntilReady();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void waitUntilReady() {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MILLIS);
        while (System.nanoTime() < end && process.isAlive()) {
            try {
                if (send("/health", "").status() == 200) {
                    return;
                }
            } catch (UncheckedIOException e) {
                // not yet
            }
            pause();
        }
        String printed = log();
        close();
        throw new AssertionError("llama-server did not start:\n" + printed);
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Sends JSON to an address such as {@code /v1/chat/completions} and reads the whole answer. */
    public Answer post(String path, String json) {
        try {
            return send(path, json);
        } catch (UncheckedIOException e) {
            throw new AssertionError(path + " of llama-server gave no answer to " + json + "\n" + log(), e);
        }
    }

    /** What the model generated for the last request, as JSON: the slot's state with a member {@code generated}. */
    public String slot() {
        String slots = send("/slots", "").body().strip();
        return slots.substring(1, slots.length() - 1); // an array of one
    }

    private Answer send(String path, String json) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(address + path).toURL().openConnection();
            connection.setReadTimeout(LIMIT_MILLIS);
            // The server closes connections that are kept, at a time of its own.
            connection.setRequestProperty("Connection", "close");
            if (!json.isEmpty()) {
                connection.setRequestProperty("Content-Type", "application/json");
                connection.setDoOutput(true);
                try (OutputStream body = connection.getOutputStream()) {
                    body.write(json.getBytes(StandardCharsets.UTF_8));
                }
            }
            int status = connection.getResponseCode();
            try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                return new Answer(status, new String(body.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The end of what it printed. */
    public String log() {
        try {
            String printed = Files.readString(log);
            return printed.substring(Math.max(0, printed.length() - LOG_END));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it at once: asked to end, it would wait some seconds for connections that are open. */
    @Override
    public void close() {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        OracleProcess.delete(log);
    }
}
