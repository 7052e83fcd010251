package dev.tokapu.cli;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts the program as a user does: a process of its own, on the Java and the binding of this test run. */
final class Program {

    private static final int TIMEOUT_SECONDS = 120;

    private Program() {}

    /** What a process left. */
    record Result(int exitCode, String out, String err) {}

    static Result run(String... args) {
        return runWithInput("", args);
    }

    /** With further options of the JVM. */
    static Result runWith(List<String> jvmArgs, String... args) {
        return await(start("", command(jvmArgs, classPath(), args)));
    }

    static Result runWithInput(String input, String... args) {
        return await(start(input, args));
    }

    /** A running process and the files of its streams. */
    record Running(Process process, Path out, Path err) {}

    static Running start(String input, String... args) {
        return start(input, command(args));
    }

    /** With further options of the JVM. */
    static Running startWith(List<String> jvmArgs, String... args) {
        return start("", command(jvmArgs, classPath(), args));
    }

    /** Without the jar or folder whose name holds {@code missing}. */
    static Result runWithout(String missing, String... args) {
        String classPath = classPathWithout("test-classes", "test-support", missing);
        return await(start("", command(List.of(), classPath, args)));
    }

    private static Running start(String input, List<String> command) {
        try {
            Path out = Files.createTempFile("tokapu-cli", ".out");
            Path err = Files.createTempFile("tokapu-cli", ".err");
            // A build that runs in the background may have made its children ignore ctrl-C: people's shells do not.
            List<String> asFromAShell = new ArrayList<>(List.of("env", "--default-signal=INT"));
            asFromAShell.addAll(command);
            Process process = new ProcessBuilder(asFromAShell)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            try (OutputStream in = process.getOutputStream()) { // a pipe, as in a shell
                in.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // it has ended before it read anything, as its exit status tells
            }
            return new Running(process, out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Result await(Running running) {
        try {
            if (!running.process().waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                running.process().destroyForcibly();
                throw new AssertionError("the program did not end: " + Files.readString(running.err()));
            }
            return new Result(
                    running.process().exitValue(),
                    new String(Files.readAllBytes(running.out()), StandardCharsets.UTF_8),
                    new String(Files.readAllBytes(running.err()), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** The command line of a process with these arguments. */
    static List<String> command(String... args) {
        return command(List.of(), classPath(), args);
    }

    static List<String> command(List<String> jvmArgs, String classPath, String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // As the JVMs of the tests themselves: one compute thread. They live for a second: the second compiler is of no
        // use.
        command.addAll(List.of("-XX:ActiveProcessorCount=1", "-XX:TieredStopAtLevel=1"));
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        for (String property : List.of("tokapu.binding", "tokapu.cache.dir", "tokapu.native.dir", "tokapu.cpu")) {
            String value = System.getProperty(property);
            if (value != null) {
                command.add("-D" + property + '=' + value);
            }
        }
        command.addAll(jvmArgs);
        command.addAll(List.of("-cp", classPath, "dev.tokapu.cli.Main"));
        command.addAll(Arrays.asList(args));
        return command;
    }

    /** The class path of the program: that of the tests, without what only tests need. */
    static String classPath() {
        return classPathWithout("test-classes", "test-support");
    }

    static String classPathWithout(String... parts) {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return String.join(
                File.pathSeparator,
                Arrays.stream(all.split(File.pathSeparator))
                        .filter(entry -> Arrays.stream(parts).noneMatch(entry::contains))
                        .toList());
    }
}
