package dev.tokapu.cli;

/** The exit codes of the program, as docs/cli.md lists them. */
final class ExitCode {

    static final int OK = 0;

    /** What was compared differs: as diff and cmp have it, though {@link #INTERNAL} is the same. */
    static final int DIFFERENT = 1;

    /** Something that should not happen; {@code --verbose} shows where. */
    static final int INTERNAL = 1;

    /** A wrong command line: an unknown option, a value out of range. */
    static final int USAGE = 2;

    /** The model is missing, damaged, of an unknown kind, or lacks what the command needs. */
    static final int MODEL = 3;

    /** The native libraries or the binding cannot be used on this machine. */
    static final int NATIVE = 4;

    /** The prompt is longer than the context. */
    static final int PROMPT = 5;

    /** A device or the host has not enough memory. */
    static final int MEMORY = 6;

    /** The model went on calling tools. */
    static final int TOOL_LIMIT = 7;

    /** A server that is measured, probed or whose tools are used cannot be reached, refuses the key, or does not answer. */
    static final int SERVER = 8;

    /** Ctrl-C; the JVM itself sets it when the signal ends the program. */
    static final int INTERRUPTED = 130;

    /** Whoever read our output went away, {@code | head} for example; what a shell reports for SIGPIPE. */
    static final int OUTPUT_CLOSED = 141;

    private ExitCode() {}
}
