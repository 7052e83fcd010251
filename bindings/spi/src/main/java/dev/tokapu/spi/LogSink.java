package dev.tokapu.spi;

/** Receiver of native log lines, called on whatever thread wrote the line. */
@FunctionalInterface
public interface LogSink {

    /**
     * Takes one whole line. What it throws is swallowed by the binding: nothing may unwind through native frames.
     *
     * @param level {@code tokapu_log_level}: 1 debug, 2 info, 3 warn, 4 error
     * @param line the text, without a line end
     */
    void line(int level, String line);
}
