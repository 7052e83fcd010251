package dev.tokapu.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A running llama-server, built from the same tree as the libraries, with one slot that remembers nothing of the request before.
 *
 * <p>Thread safety: safe; requests are served one after another.
 */
public final class LlamaServer implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int LOG_END = 3000;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
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
            Path folder = Path.of(Files.readString(root.resolve("native/target/server.path"))
                    .strip());
            Path program = folder.resolve("llama-server");
            if (!Files.isExecutable(program)) {
                throw new AssertionError("no llama-server in " + folder
                        + "; build it with cmake --build --preset linux-x86_64-server");
            }
            int port = freePort();
            List<String> command = new ArrayList<>(List.of(program.toString(), "-m", model.toString()));
            command.addAll(List.of("--host", "127.0.0.1", "--port", Integer.toString(port), "-np", "1", "-c", "0"));
            command.addAll(List.of("-t", "1", "-tb", "1", "-fit", "off", "--no-warmup", "--no-ui", "--offline"));
            command.addAll(List.of("--cache-ram", "0", "--no-cache-prompt"));
            command.addAll(options);
            Process process = new ProcessBuilder(command)
                    .redirectInput(OracleProcess.NOTHING.toFile())
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
        long end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < end && process.isAlive()) {
            try {
                if (send(request("/health").GET().build()).status() == 200) {
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
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address + path)).timeout(LIMIT);
    }

    private Answer send(HttpRequest request) {
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
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
