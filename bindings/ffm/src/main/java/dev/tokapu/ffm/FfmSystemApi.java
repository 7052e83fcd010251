package dev.tokapu.ffm;

import dev.tokapu.ffm.gen.TokapuH;
import dev.tokapu.spi.LogSink;
import dev.tokapu.spi.SystemApi;
import org.jspecify.annotations.Nullable;

/** {@link SystemApi} over the generated downcalls. */
final class FfmSystemApi implements SystemApi {

    @Override
    public int lastError(byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_last_error(s.a.reserve(buf.length), buf.length, s.cell(length)), buf, length);
        }
    }

    @Override
    public int abiVersion() {
        return TokapuH.tokapu_abi_version();
    }

    @Override
    public int llamaVersion(byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_llama_version(s.a.reserve(buf.length), buf.length, s.cell(length)), buf, length);
        }
    }

    @Override
    public int logSet(@Nullable LogSink sink, int minLevel) {
        return LogUpcall.set(sink, minLevel);
    }

    @Override
    public int liveHandles(long[] n) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(TokapuH.tokapu_live_handles(s.cell(n)), n);
        }
    }
}
