package dev.tokapu.jni;

import static dev.tokapu.spi.ArrayChecks.out;

import dev.tokapu.jni.gen.TokapuLibrary;
import dev.tokapu.spi.LogSink;
import dev.tokapu.spi.SystemApi;
import org.jspecify.annotations.Nullable;

/** {@link SystemApi} over the native methods that JavaCPP generates. */
final class JniSystemApi implements SystemApi {

    @Override
    public int lastError(byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_last_error(buf, buf.length, out(length));
    }

    @Override
    public int abiVersion() {
        return TokapuLibrary.tokapu_abi_version();
    }

    @Override
    public int llamaVersion(byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_llama_version(buf, buf.length, out(length));
    }

    @Override
    public int logSet(@Nullable LogSink sink, int minLevel) {
        return LogCallback.install(sink, minLevel);
    }

    @Override
    public int liveHandles(long[] n) {
        return TokapuLibrary.tokapu_live_handles(out(n));
    }
}
