package dev.tokapu.testsupport;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A run of one of llama.cpp's tools that ended well.
 *
 * @param stdout what it printed on stdout
 * @param stderr what it printed on stderr, as text
 */
@SuppressWarnings("ArrayRecordComponent")
record OracleProcess(byte[] stdout, String stderr) {

    static final boolean WINDOWS = File.separatorChar == '\\';

    static final Path NOTHING = Path.of(WINDOWS ? "NUL" : "/dev/null");

    private static final int TIMEOUT_SECONDS = 300;

    /** Printed last by llama-completion, behind the text. */
    private static final Pattern PERFORMANCE = Pattern.compile("common_perf_print: .*total time");

    /** Of ten, all lost their end now and then on a machine with four times as much work as processors. */
    private static final int ATTEMPTS = 100;

    String all() {
        return text() + stderr;
    }

    /** On Windows, programs write a carriage return before each line feed. */
    String text() {
        String text = new String(stdout, StandardCharsets.UTF_8);
        return WINDOWS ? text.replace("\r\n", "\n") : text;
    }

    /** Whether llama-completion came to its end: empty lines behind the answer, and its figures. */
    boolean isCompletion() {
        return text().endsWith("\n\n") && hasFigures();
    }

    /** Whether llama-completion printed its figures. */
    boolean hasFigures() {
        return PERFORMANCE.matcher(stderr).find();
    }

    /**
     * Runs a tool until its output is complete. llama.cpp's tools print in a thread that nobody waits for at the end ("logs to
     * be lost if not flushed before the program exits", common/log.cpp), so on a busy machine the end is missing at times.
     */
    static OracleProcess runUntil(Predicate<OracleProcess> complete, List<String> command, Path stdin) {
        OracleProcess output = run(command, stdin);
        for (int attempt = 1; !complete.test(output); attempt++) {
            if (attempt == ATTEMPTS) {
                throw new AssertionError("incomplete output of " + command + "\n" + output.all());
            }
            output = run(command, stdin);
        }
        return output;
    }

    static OracleProcess run(List<String> command, Path stdin) {
        Path stdout = temporaryFile("");
        Path stderr = temporaryFile("");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.from(stdin.toFile()))
                    .redirectOutput(stdout.toFile())
                    .redirectError(stderr.toFile());
            if (command.get(0).contains("llama-tokenize")) {
                // A vocabulary needs no GPU, and to start one takes a second.
                builder.environment().put("CUDA_VISIBLE_DEVICES", "");
            }
            Process process = builder.start();
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("still running after " + TIMEOUT_SECONDS + " s: " + command);
            }
            String errors = new String(Files.readAllBytes(stderr), StandardCharsets.UTF_8);
            if (process.exitValue() != 0) {
                throw new AssertionError("exit status " + process.exitValue() + " of " + command + "\n" + errors);
            }
            return new OracleProcess(Files.readAllBytes(stdout), errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } finally {
            delete(stdout);
            delete(stderr);
        }
    }

    static Path temporaryFile(String content) {
        try {
            Path file = Files.createTempFile("tokapu-oracle", ".txt");
            return Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            if (!WINDOWS) {
                throw new UncheckedIOException(e);
            }
            // The system closes the files of a process somewhat after its end.
            file.toFile().deleteOnExit();
        }
    }
}
