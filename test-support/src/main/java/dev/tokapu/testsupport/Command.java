package dev.tokapu.testsupport;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Programs that are run to their end.
 *
 * <p>Thread safety: safe.
 */
public final class Command {

    private Command() {}

    /**
     * Runs a program.
     *
     * @param most how long it may take
     * @return what it wrote, to either stream
     * @throws AssertionError when it takes longer, or ends with another status than 0
     */
    public static String run(ProcessBuilder program, Duration most) throws IOException, InterruptedException {
        Path log = Files.createTempFile("tokapu-command", ".log");
        Process running =
                program.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            boolean ended = running.waitFor(most.toMillis(), TimeUnit.MILLISECONDS);
            String said =
                    new String(Files.readAllBytes(log), StandardCharsets.UTF_8); // whatever bytes a program writes
            if (!ended || running.exitValue() != 0) {
                String how = ended ? "ended with " + running.exitValue() : "did not end within " + most;
                throw new AssertionError(program.command() + " " + how + ": " + said);
            }
            return said;
        } finally {
            running.destroyForcibly();
            Files.delete(log);
        }
    }

    /**
     * Gets packages of npm into the cache of the user, once.
     *
     * @param name of their folder there
     * @param packages the packages with their versions
     * @return the folder node_modules
     */
    public static Path npm(String name, String... packages) throws IOException, InterruptedException {
        Path place = place(name);
        Path modules = place.resolve("node_modules");
        once(
                modules.resolve(".package-lock.json"),
                place,
                () -> { // npm writes it last
                    Files.createDirectories(place);
                    List<String> command = new ArrayList<>(
                            List.of("npm", "install", "--no-audit", "--no-fund", "--prefix", place.toString()));
                    command.addAll(List.of(packages));
                    String unused = run(new ProcessBuilder(command), Duration.ofMinutes(10));
                });
        return modules;
    }

    /**
     * Gets packages of Python's index into an environment of their own in the cache of the user, once.
     *
     * @param name of its folder there
     * @param packages the packages with their versions, as {@code name==version}
     * @return its interpreter
     */
    public static Path python(String name, String... packages) throws IOException, InterruptedException {
        Path place = place(name);
        Path python = place.resolve("bin/python");
        Path complete = place.resolve("complete");
        once(complete, place, () -> {
            String made = run(new ProcessBuilder("python3", "-m", "venv", place.toString()), Duration.ofMinutes(5));
            List<String> command = new ArrayList<>(List.of(python.toString(), "-m", "pip", "install", "--quiet"));
            command.addAll(List.of(packages));
            String installed = run(new ProcessBuilder(command), Duration.ofMinutes(20));
            Files.writeString(complete, made + installed);
        });
        return python;
    }

    /** What makes something in the cache of the user. */
    interface Making {
        void run() throws IOException, InterruptedException;
    }

    /** Has something made of which {@code complete} tells that it is there; other test JVMs that want it wait for that. */
    @SuppressWarnings("try") // it is held, not used
    static void once(Path complete, Path place, Making making) throws IOException, InterruptedException {
        Files.createDirectories(place.getParent());
        Path file = place.resolveSibling(place.getFileName() + ".lock");
        synchronized (Command.class) { // the lock of a file is for processes
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (!Files.exists(complete)) {
                    making.run();
                }
            }
        }
    }

    private static Path place(String name) {
        return Path.of(System.getProperty("user.home"), ".cache", "tokapu", "clients", name);
    }
}
