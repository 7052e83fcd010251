package dev.tokapu.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What {@code ./tokapu} runs after a build, to record the classes that later starts find loaded and linked: each of the usual
 * commands, briefly, or {@code serve}.
 */
public final class AotTraining {

    private static final List<String[]> COMMAND_LINES = List.of(
            new String[] {"chat", "--quiet", "--greedy", "--max-tokens", "4", "Hello"},
            new String[] {"chat", "--seed", "1", "--max-tokens", "2", "Hello"},
            new String[] {"run", "--quiet", "--greedy", "--max-tokens", "4", "Hello"},
            new String[] {"tokenize", "--quiet", "Hello"},
            new String[] {"gguf", "show", "--metadata"},
            new String[] {"chat", "--help"});

    /** Requests to {@code serve}, by their paths. */
    private static final List<List<String>> REQUESTS = List.of(
            List.of("/v1/completions", "{\"prompt\":\"Hello\",\"max_tokens\":2,\"stream\":true}"),
            List.of(
                    "/v1/chat/completions",
                    "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}],\"max_tokens\":2,\"stream\":true}"),
            List.of(
                    "/v1/chat/completions",
                    "{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}],\"max_tokens\":2}"));

    private static final long POLL = TimeUnit.MILLISECONDS.toNanos(20);

    private AotTraining() {}

    /**
     * Runs the commands and ends the JVM with the exit code of the first that fails, or 0.
     *
     * @param args {@code serve} for a server; anything else for the others
     * @throws IOException when this machine has no free port
     */
    public static void main(String[] args) throws IOException {
        if (List.of(args).contains("serve")) {
            serve();
        } else {
            ClassPreloader.begin(COMMAND_LINES.get(0)).run();
            for (String[] line : COMMAND_LINES) {
                run(line);
            }
        }
        System.exit(ExitCode.OK);
    }

    private static void run(String[] line) {
        int exitCode = Main.run(Console.standard(), line);
        if (exitCode != ExitCode.OK) {
            System.exit(exitCode);
        }
    }

    /** Serves until the JVM ends. */
    private static void serve() throws IOException {
        int port = freePort();
        String[] line = {"serve", "--quiet", "--ctx", "512", "--parallel", "2", "--port", Integer.toString(port)};
        Thread server = new Thread(() -> run(line));
        server.setDaemon(true);
        server.start();
        for (List<String> request : REQUESTS) {
            while (!isAnswered(port, request.get(0), request.get(1))) {
                LockSupport.parkNanos(POLL);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    /** Without an HTTP client, whose classes only this would need. False while nothing listens. */
    private static boolean isAnswered(int port, String path, String body) {
        String request = "POST " + path + " HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: "
                + body.length() + "\r\n\r\n" + body;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return socket.getInputStream().readAllBytes().length > 0;
        } catch (IOException e) {
            return false;
        }
    }
}
