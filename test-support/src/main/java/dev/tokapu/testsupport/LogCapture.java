package dev.tokapu.testsupport;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * The log lines of all loggers from {@link #start()} to {@link #close()}.
 *
 * <p>Thread safety: safe for any number of threads.
 */
public final class LogCapture implements AutoCloseable {

    private static final List<LogCapture> RUNNING = new CopyOnWriteArrayList<>();

    private final ConcurrentLinkedQueue<Line> lines = new ConcurrentLinkedQueue<>();

    /**
     * One log line.
     *
     * @param logger name of the logger
     * @param level its level
     * @param message the text, with the arguments filled in
     * @param throwable what was logged with it
     */
    public record Line(
            String logger,
            Level level,
            String message,
            @Nullable Throwable throwable) {}

    private LogCapture() {}

    /** Starts to collect. */
    public static LogCapture start() {
        LogCapture capture = new LogCapture();
        RUNNING.add(capture);
        return capture;
    }

    static boolean isRunning() {
        return !RUNNING.isEmpty();
    }

    static void publish(Line line) {
        for (LogCapture capture : RUNNING) {
            capture.lines.add(line);
        }
    }

    /** The lines so far, oldest first. */
    public List<Line> lines() {
        return List.copyOf(lines);
    }

    /** The messages of one logger so far, oldest first. */
    public List<String> messages(String logger) {
        return lines.stream()
                .filter(line -> line.logger().equals(logger))
                .map(Line::message)
                .toList();
    }

    /** The messages of WARN or above so far, oldest first. */
    public List<String> warnings() {
        return lines.stream()
                .filter(line -> line.level().toInt() >= Level.WARN.toInt())
                .map(Line::message)
                .toList();
    }

    /** Stops collecting. */
    @Override
    public void close() {
        RUNNING.remove(this);
    }
}
