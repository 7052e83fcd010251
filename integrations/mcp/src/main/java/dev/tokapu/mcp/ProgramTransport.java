package dev.tokapu.mcp;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * A program that is an MCP server, and the messages over its standard input and output.
 *
 * <p>Thread safety: safe.
 */
final class ProgramTransport implements McpClientTransport {

    private static final Logger LOG = LoggerFactory.getLogger(McpClient.class);

    /** What a program needs to run; everything else of the environment may be a secret. */
    private static final List<String> INHERITED = List.of(
            "HOME",
            "LANG",
            "LC_ALL",
            "LOGNAME",
            "PATH",
            "SHELL",
            "TERM",
            "TMPDIR",
            "USER",
            "APPDATA",
            "HOMEDRIVE",
            "HOMEPATH",
            "LOCALAPPDATA",
            "PROCESSOR_ARCHITECTURE",
            "SYSTEMDRIVE",
            "SYSTEMROOT",
            "TEMP",
            "USERNAME",
            "USERPROFILE");

    private static final int LOGGED_LINE = 4096;
    private static final long QUIET_SECONDS = 2; // for a program to end by itself, and again when it is asked to

    private final Process process;
    private final MessageLines messages;
    private final CompletableFuture<IOException> end;

    private ProgramTransport(Process process, MessageLines messages, CompletableFuture<IOException> end) {
        this.process = process;
        this.messages = messages;
        this.end = end;
    }

    /**
     * Starts a program.
     *
     * @param end is told why the messages of the program have ended
     */
    static ProgramTransport start(
            String name,
            List<String> command,
            Map<String, String> environment,
            int mostBytes,
            McpJsonMapper mapper,
            CompletableFuture<IOException> end)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(inSessionOfItsOwn(command));
        Map<String, String> variables = builder.environment();
        variables.keySet().removeIf(variable -> !INHERITED.contains(variable));
        variables.putAll(environment);
        Process process = builder.start();
        Thread log = new Thread(() -> log(name, process.getErrorStream()), "tokapu-mcp-log-" + name);
        log.setDaemon(true);
        log.start();
        MessageLines messages =
                new MessageLines(name, mapper, process.getInputStream(), process.getOutputStream(), mostBytes);
        return new ProgramTransport(process, messages, end);
    }

    /**
     * The command behind {@code setsid}, where both are found: ctrl-C at a terminal goes to all programs of its foreground group, and is not
     * for this one.
     */
    private static List<String> inSessionOfItsOwn(List<String> command) {
        Path setsid = executable("setsid");
        Path program = executable(command.get(0));
        if (setsid == null || program == null) {
            return command;
        }
        List<String> apart = new ArrayList<>(List.of(setsid.toString(), program.toString()));
        apart.addAll(command.subList(1, command.size()));
        return apart;
    }

    /** Where a program is; null if it is not found. */
    private static @Nullable Path executable(String program) {
        if (program.indexOf('/') >= 0) {
            return runnable(Path.of(program)) ? Path.of(program) : null;
        }
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            Path file = Path.of(folder, program);
            if (runnable(file)) {
                return file;
            }
        }
        return null;
    }

    private static boolean runnable(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }

    /** What the program writes to standard error, in pieces of a limited length. */
    private static void log(String name, InputStream errors) {
        try (InputStream in = new BufferedInputStream(errors)) {
            byte[] piece = new byte[LOGGED_LINE];
            int length = 0;
            for (int next = in.read(); next >= 0; next = in.read()) {
                if (next != '\n') {
                    piece[length++] = (byte) next;
                }
                if (next == '\n' || length == piece.length) {
                    LOG.debug("{}: {}", name, ServerText.shown(new String(piece, 0, length, StandardCharsets.UTF_8)));
                    length = 0;
                }
            }
        } catch (IOException e) {
            LOG.debug("{}: its standard error cannot be read: {}", name, e.toString());
        }
    }

    @Override
    public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
        return Mono.fromRunnable(() -> messages.start(
                message -> handler.apply(Mono.just(message))
                        .subscribe(answered -> {}, e -> LOG.debug("A message was not understood", e)),
                reason -> end.complete(reason == null ? new IOException("the program has ended") : reason)));
    }

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
        return messages.sending(message);
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
        return messages.value(data, type);
    }

    @Override
    public Mono<Void> closeGracefully() {
        return Mono.fromRunnable(this::close);
    }

    /** Ends the program and its child processes, if need be by force. In an interrupted thread it does not wait first. */
    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        try {
            process.getOutputStream().close(); // the sign to end
        } catch (IOException e) {
            LOG.debug("The input of a program could not be closed: {}", e.toString());
        }
        List<ProcessHandle> children = process.descendants().toList();
        try {
            if (!interrupted && !process.waitFor(QUIET_SECONDS, TimeUnit.SECONDS)) {
                process.destroy();
                boolean unused = process.waitFor(QUIET_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
