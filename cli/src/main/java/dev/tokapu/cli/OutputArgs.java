package dev.tokapu.cli;

import picocli.CommandLine.Option;

/** Options about what is printed. */
final class OutputArgs {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Option(names = "--json", description = "Print one JSON object instead of text.")
    private boolean json;

    @Option(names = "--verbose", description = "Show the log of llama.cpp, and the stack trace of an error.")
    private boolean verbose;

    boolean json() {
        return json;
    }

    /** Must come before the first logger is asked for. */
    void apply() {
        if (verbose) {
            System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "info");
            System.setProperty("org.slf4j.simpleLogger.log.llama.cpp", "info");
            System.setProperty(Failures.STACK_TRACE, "true");
        }
    }
}
