package dev.tokapu.cli;

import java.util.List;

/**
 * What {@code ./tokapu} runs once after a build, to record the classes that later starts find loaded and linked: each of the
 * usual commands, briefly.
 */
public final class AotTraining {

    private static final List<String[]> COMMAND_LINES = List.of(
            new String[] {"chat", "--quiet", "--greedy", "--max-tokens", "4", "Hello"},
            new String[] {"chat", "--seed", "1", "--max-tokens", "2", "Hello"},
            new String[] {"run", "--quiet", "--greedy", "--max-tokens", "4", "Hello"},
            new String[] {"tokenize", "--quiet", "Hello"},
            new String[] {"gguf", "show", "--metadata"},
            new String[] {"chat", "--help"});

    private AotTraining() {}

    /**
     * Runs the commands and ends the JVM with the exit code of the first that fails, or 0.
     *
     * @param args none
     */
    public static void main(String[] args) {
        ClassPreloader.begin(COMMAND_LINES.get(0)).run();
        for (String[] line : COMMAND_LINES) {
            int exitCode = Main.run(Console.standard(), line);
            if (exitCode != ExitCode.OK) {
                System.exit(exitCode);
            }
        }
        System.exit(ExitCode.OK);
    }
}
