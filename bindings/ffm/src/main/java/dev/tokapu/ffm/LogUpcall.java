package dev.tokapu.ffm;

import dev.tokapu.ffm.gen.TokapuH;
import dev.tokapu.ffm.gen.tokapu_log_callback;
import dev.tokapu.spi.LogSink;
import dev.tokapu.spi.Status;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The way of log lines from C to a {@link LogSink}. */
final class LogUpcall {

    private static final MemorySegment STUB =
            WeakUpcall.stub(LogUpcall.class, "line", tokapu_log_callback.descriptor());

    private static volatile @Nullable LogSink sink;

    private LogUpcall() {}

    static synchronized int set(@Nullable LogSink newSink, int minLevel) {
        LogSink before = sink;
        sink = newSink;
        int status = TokapuH.tokapu_log_set(STUB, minLevel);
        if (status != Status.OK) {
            sink = before;
        }
        return status;
    }

    /** Answers 0 to get no more. */
    static int line(int level, MemorySegment text) {
        LogSink current = sink;
        if (current == null) {
            return 0;
        }
        try {
            current.line(level, text.getString(0));
        } catch (Throwable t) {
            // Nothing may unwind through C, and a sink that fails has no better place to say so.
        }
        return 1;
    }
}
