package dev.tokapu.ffm;

import dev.tokapu.ffm.gen.TokapuH;
import dev.tokapu.ffm.gen.tokapu_log_callback;
import dev.tokapu.spi.LogSink;
import dev.tokapu.spi.NativeConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The way of log lines from C to a {@link LogSink}. One stub for ever: a thread that is inside while the sink is replaced
 * cannot be waited for, so its code must never go away.
 */
final class LogUpcall {

    private static final MemorySegment STUB = tokapu_log_callback.allocate(LogUpcall::line, Arena.global());

    private static volatile @Nullable LogSink sink;

    private LogUpcall() {}

    static synchronized int set(@Nullable LogSink newSink, int minLevel) {
        LogSink before = sink;
        if (newSink != null) {
            sink = newSink;
        }
        int status = TokapuH.tokapu_log_set(newSink == null ? MemorySegment.NULL : STUB, minLevel);
        sink = status == NativeConstants.OK ? newSink : before;
        return status;
    }

    private static void line(int level, MemorySegment text) {
        try {
            LogSink current = sink;
            if (current != null) {
                current.line(level, text.getString(0));
            }
        } catch (Throwable t) {
            // Nothing may unwind through C, and a sink that fails has no better place to say so.
        }
    }
}
