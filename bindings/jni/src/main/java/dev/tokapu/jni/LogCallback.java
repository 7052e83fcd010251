package dev.tokapu.jni;

import static dev.tokapu.jni.gen.TokapuLibrary.tokapu_log_set;

import dev.tokapu.spi.LogSink;
import dev.tokapu.spi.Status;
import java.nio.charset.StandardCharsets;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FunctionPointer;
import org.bytedeco.javacpp.annotation.Allocator;
import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.NoDeallocator;
import org.bytedeco.javacpp.annotation.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The C function of type {@code tokapu_log_callback} that hands native log lines to the current {@link LogSink}.
 *
 * <p>There is one for the life of the class: C and JavaCPP know it only weakly.
 */
@Properties(inherit = TokapuPreset.class)
@Allocator(max = 1)
public final class LogCallback extends FunctionPointer {

    private static final LogCallback INSTANCE = new LogCallback();

    private volatile @Nullable LogSink sink;

    private LogCallback() {
        allocate();
    }

    @NoDeallocator
    private native void allocate();

    static synchronized int install(@Nullable LogSink sink, int minLevel) {
        LogSink before = INSTANCE.sink;
        INSTANCE.sink = sink;
        int status = tokapu_log_set(INSTANCE, minLevel);
        if (status != Status.OK) {
            INSTANCE.sink = before;
        }
        return status;
    }

    /**
     * Called by C, on whatever thread wrote the line.
     *
     * @param level {@code tokapu_log_level}
     * @param text NUL-terminated UTF-8, valid during the call
     * @return 0 to get no more
     */
    public int call(int level, @Cast("const char*") BytePointer text) {
        LogSink current = sink;
        if (current == null) {
            return 0;
        }
        try {
            current.line(level, new String(text.getStringBytes(), StandardCharsets.UTF_8));
        } catch (Throwable t) {
            // Nothing may unwind through native frames, and a log sink that fails has nowhere to report it.
        }
        return 1;
    }
}
