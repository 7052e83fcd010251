package dev.tokapu.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
    private static final Duration PATIENCE = Duration.ofMinutes(5); // for a hang: it takes seconds
    private static final int PART = 8192;

    private AotTraining() {}

    /**
     * Runs the commands and ends the JVM with the exit code of the first that fails, or 0; 8 where a request to the server fails.
     *
     * @param args {@code serve} for a server; anything else for the others
     * @throws IOException when this machine has no free port
     */
    public static void main(String[] args) throws IOException {
        if (List.of(args).contains("serve")) {
            int port = freePort();
            serve(port);
            try {
                ask(port, PATIENCE);
            } catch (IOException e) {
                Console.standard().note("tokapu: the server was not recorded: " + e.getMessage());
                Runtime.getRuntime().halt(ExitCode.SERVER); // a server that hangs would hold up an exit
            }
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
    private static void serve(int port) {
        String[] line = {"serve", "--quiet", "--ctx", "512", "--parallel", "2", "--port", Integer.toString(port)};
        Thread server = new Thread(() -> run(line));
        server.setDaemon(true);
        server.start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    /**
     * Sends the requests, from when something listens.
     *
     * @throws IOException when one is not answered with all of an answer, or not in time
     */
    static void ask(int port, Duration patience) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        for (List<String> request : REQUESTS) {
            String path = request.get(0);
            String answer = answer(port, path, request.get(1), end);
            if (!answer.startsWith("HTTP/1.1 200 ") || !answer.contains("\"finish_reason\":\"")) {
                throw new IOException("the answer from " + path + " is no complete one: " + answer);
            }
        }
    }

    private static String answer(int port, String path, String body, long end) throws IOException {
        try (Socket socket = connect(port, end)) {
            String request = "POST " + path + " HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: "
                    + body.length() + "\r\n\r\n" + body;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            byte[] part = new byte[PART];
            int read = 0;
            while (read >= 0) {
                all.write(part, 0, read);
                socket.setSoTimeout(left(end, "there is no end of the answer from " + path));
                read = socket.getInputStream().read(part);
            }
            return all.toString(StandardCharsets.UTF_8);
        }
    }

    /** Without an HTTP client, whose classes only this would need. */
    private static Socket connect(int port, long end) throws IOException {
        while (true) {
            try {
                return new Socket(InetAddress.getLoopbackAddress(), port);
            } catch (ConnectException e) { // nothing listens yet
                int unused = left(end, "nothing listens at port " + port);
                LockSupport.parkNanos(POLL);
            }
        }
    }

    /** Milliseconds until a time of {@link System#nanoTime}; at least one. */
    private static int left(long end, String problem) throws SocketTimeoutException {
        long millis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (millis <= 0) {
            throw new SocketTimeoutException(problem);
        }
        return (int) Math.min(Integer.MAX_VALUE, millis);
    }
}
