package dev.tokapu.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A command line that is run: a tool of the JDK, or a JVM with an application and nothing else of this test run. */
final class Program {

    private final List<String> command = new ArrayList<>();
    private final Map<String, String> environment = new TreeMap<>();

    /**
     * What the process left.
     *
     * @param exit its exit status
     * @param out what was printed, on stderr, too
     */
    record Result(int exit, String out) {

        /** The value of a line of {@link Application}. */
        String line(String name) {
            assertThat(exit).as(out).isZero();
            return out.lines()
                    .filter(line -> line.startsWith(name + ' '))
                    .findFirst()
                    .map(line -> line.substring(name.length() + 1))
                    .orElseThrow(() -> new AssertionError(out));
        }
    }

    private Program(List<String> command) {
        this.command.addAll(command);
    }

    /** The path of a tool of the Java that runs this test. */
    static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    /** Any command. */
    static Program of(String... command) {
        return new Program(Arrays.asList(command));
    }

    /** A JVM, with the binding of this test run. */
    static Program java(String... arguments) {
        return java(tool("java"), arguments);
    }

    /** A JVM of another Java. */
    static Program java(String executable, String[] arguments) {
        Program program = new Program(
                List.of(executable, "-Xmx512m", "-XX:ActiveProcessorCount=1", "-XX:TieredStopAtLevel=1", binding()));
        program.command.addAll(Arrays.asList(arguments));
        return program;
    }

    /** The option that chooses the binding of this test run. */
    static String binding() {
        return "-Dtokapu.binding=" + System.getProperty("tokapu.binding");
    }

    /** The option without which Java 24 and later warn. */
    static List<String> nativeAccess(String module) {
        return Runtime.version().feature() < 22 ? List.of() : List.of("--enable-native-access=" + module);
    }

    Program with(List<String> arguments) {
        command.addAll(arguments);
        return this;
    }

    Program with(String... arguments) {
        return with(Arrays.asList(arguments));
    }

    Program through(String... launcher) {
        command.addAll(0, Arrays.asList(launcher));
        return this;
    }

    Program environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Result run() {
        try {
            Path out = Files.createTempFile("tokapu-program", ".out");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(out.toFile());
            builder.environment().remove("JAVA_TOOL_OPTIONS");
            builder.environment().putAll(environment);
            Process process = builder.start();
            try {
                assertThat(process.waitFor(5, TimeUnit.MINUTES))
                        .as("%s ended: %s", command, Files.readString(out))
                        .isTrue();
                return new Result(process.exitValue(), new String(Files.readAllBytes(out), StandardCharsets.UTF_8));
            } finally {
                process.destroyForcibly();
                Files.delete(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
