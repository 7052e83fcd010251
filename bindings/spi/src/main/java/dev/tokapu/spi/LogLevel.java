package dev.tokapu.spi;

/** Levels of log lines ({@code tokapu_log_level}). */
public final class LogLevel {

    private LogLevel() {}

    /** A debug line. */
    public static final int DEBUG = 1;

    /** An informational line. */
    public static final int INFO = 2;

    /** A warning. */
    public static final int WARN = 3;

    /** An error. */
    public static final int ERROR = 4;
}
