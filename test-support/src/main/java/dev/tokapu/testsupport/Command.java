package dev.tokapu.testsupport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs that are run to their end. */
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
            String said = Files.readString(log);
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
        Path place = Path.of(System.getProperty("user.home"), ".cache", "tokapu", "clients", name);
        Path modules = place.resolve("node_modules");
        if (!Files.exists(modules.resolve(".package-lock.json"))) { // npm writes it last
            Files.createDirectories(place);
            List<String> command =
                    new ArrayList<>(List.of("npm", "install", "--no-audit", "--no-fund", "--prefix", place.toString()));
            command.addAll(List.of(packages));
            String unused = run(new ProcessBuilder(command), Duration.ofMinutes(10));
        }
        return modules;
    }
}
