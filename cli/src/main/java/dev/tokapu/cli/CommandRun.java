package dev.tokapu.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** One run of a command whose output goes to the model, up to a limit. An interrupt ends the command. */
final class CommandRun {

    /** Bytes of output that the model gets; the rest is read and dropped. */
    static final int LIMIT = 8 * 1024;

    private CommandRun() {}

    /**
     * Runs a command to its end.
     *
     * @param command program and arguments
     * @param input for its standard input
     * @return what it wrote to stdout and stderr; {@code done} when that is nothing
     * @throws IOException when it cannot be started or fails; the message is for the model
     */
    static String of(List<String> command, String input) throws IOException, InterruptedException, ExecutionException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            CompletableFuture<String> output = new CompletableFuture<>();
            start("tokapu-tool-input", () -> write(process.getOutputStream(), input));
            start("tokapu-tool-output", () -> read(process.getInputStream(), output));
            int exitCode = process.waitFor();
            String text = output.get();
            if (exitCode != 0) {
                throw new IOException("exit code " + exitCode + (text.isBlank() ? "" : ": " + text));
            }
            return text.isEmpty() ? "done" : text;
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void write(OutputStream to, String text) {
        try (to) {
            to.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The command does not read it.
        }
    }

    private static void read(InputStream from, CompletableFuture<String> output) {
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        byte[] buffer = new byte[LIMIT];
        long all = 0;
        try (from) {
            for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                kept.write(buffer, 0, Math.min(count, LIMIT - kept.size()));
                all += count;
            }
            String text = kept.toString(StandardCharsets.UTF_8);
            output.complete(all > LIMIT ? text + "\n[cut off: " + (all - LIMIT) + " more bytes]" : text);
        } catch (IOException e) {
            output.completeExceptionally(e);
        }
    }
}
