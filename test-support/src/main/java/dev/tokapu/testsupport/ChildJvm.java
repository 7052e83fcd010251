package dev.tokapu.testsupport;

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

/**
 * A JVM of its own on the Java, the class path and the {@code tokapu.} properties of this test run, for what a process can
 * do or show only once: loading, and what native code prints.
 *
 * <p>Thread safety: for one thread.
 */
public final class ChildJvm {

    private static final int TIMEOUT_SECONDS = 120;

    private final String mainClass;
    private final List<String> options = new ArrayList<>();
    private final List<String> classPath = new ArrayList<>();
    private final Map<String, String> environment = new TreeMap<>();
    private List<String> launcher = List.of();

    /**
     * What the process left.
     *
     * @param exit its exit status
     * @param out what was printed on stdout
     * @param err what was printed on stderr
     */
    public record Result(int exit, String out, String err) {}

    /** A JVM that runs this class. */
    public ChildJvm(Class<?> mainClass) {
        this(mainClass.getName());
    }

    /** A JVM that runs the class of this name. */
    public ChildJvm(String mainClass) {
        this.mainClass = mainClass;
        if (Runtime.version().feature() >= 22) {
            options.add("--enable-native-access=ALL-UNNAMED");
        }
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("tokapu."))
                .sorted()
                .forEach(name -> options.add("-D" + name + '=' + System.getProperty(name)));
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        classPath.addAll(Arrays.asList(all.split(File.pathSeparator)));
    }

    /** Adds an option of the JVM; it comes after all others, so that a property replaces that of this run. */
    public ChildJvm option(String option) {
        options.add(option);
        return this;
    }

    /** Sets an environment variable. */
    public ChildJvm environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Lets another program start it, which gets its command line as further arguments. */
    public ChildJvm through(String... command) {
        launcher = List.of(command);
        return this;
    }

    /** Puts a jar or folder before all others of the class path. */
    public ChildJvm withJar(Path jar) {
        classPath.add(0, jar.toString());
        return this;
    }

    /** Takes the jars and folders away whose path holds the text. */
    public ChildJvm without(String part) {
        classPath.removeIf(entry -> entry.contains(part));
        return this;
    }

    /** Runs it to its end. */
    public Result run(String... arguments) {
        try {
            Path out = Files.createTempFile("tokapu-child", ".out");
            Path err = Files.createTempFile("tokapu-child", ".err");
            Process process = start(out, err, Arrays.asList(arguments));
            try {
                if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                    throw new AssertionError(mainClass + " did not end: " + Files.readString(err));
                }
                return new Result(process.exitValue(), text(out), text(err));
            } finally {
                process.destroyForcibly();
                OracleProcess.delete(out);
                OracleProcess.delete(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Starts it; what it prints goes to these files. The caller ends it. */
    public Process start(Path out, Path err, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(launcher);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // These live for a second: the second compiler is of no use to them.
        command.addAll(List.of(
                "-Xmx512m", "-XX:ActiveProcessorCount=1", "-XX:TieredStopAtLevel=1", "-Dstdout.encoding=UTF-8"));
        command.addAll(options);
        command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath), mainClass));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
