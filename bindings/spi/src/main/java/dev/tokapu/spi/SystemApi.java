package dev.tokapu.spi;

import org.jspecify.annotations.Nullable;

/** The functions of {@code tokapu.h} for the process: the last error of a thread, versions, the log. */
public interface SystemApi {

    int lastError(byte[] buf, int[] length);

    int abiVersion();

    int llamaVersion(byte[] buf, int[] length);

    int logSet(@Nullable LogSink sink, int minLevel);

    int liveHandles(long[] n);
}
