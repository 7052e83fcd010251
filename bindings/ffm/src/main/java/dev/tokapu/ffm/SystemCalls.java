package dev.tokapu.ffm;

import static dev.tokapu.ffm.gen.TokapuH.tokapu_abi_version;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_backend_cpu_variant;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_backend_cpu_variants;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_backend_init;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_backend_system_info;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_kept_text;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_last_error;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_live_handles;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_llama_version;

import dev.tokapu.spi.LogSink;
import dev.tokapu.spi.NativeApi;
import org.jspecify.annotations.Nullable;

/** The process-wide functions of {@code tokapu.h}. */
abstract class SystemCalls implements NativeApi {

    @Override
    public int lastError(byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(tokapu_last_error(s.a.reserve(buf.length), buf.length, s.cell(length)), buf, length);
        }
    }

    @Override
    public int abiVersion() {
        return tokapu_abi_version();
    }

    @Override
    public int llamaVersion(byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(tokapu_llama_version(s.a.reserve(buf.length), buf.length, s.cell(length)), buf, length);
        }
    }

    @Override
    public int logSet(@Nullable LogSink sink, int minLevel) {
        return LogUpcall.set(sink, minLevel);
    }

    @Override
    public int backendInit(byte[] directory, byte[] cpuVariant) {
        try (Scratch s = Scratch.take()) {
            return tokapu_backend_init(s.a.in(directory), directory.length, s.b.in(cpuVariant), cpuVariant.length);
        }
    }

    @Override
    public int backendCpuVariants(byte[] directory, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    tokapu_backend_cpu_variants(
                            s.b.in(directory), directory.length, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int backendCpuVariant(byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    tokapu_backend_cpu_variant(s.a.reserve(buf.length), buf.length, s.cell(length)), buf, length);
        }
    }

    @Override
    public int backendSystemInfo(byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    tokapu_backend_system_info(s.a.reserve(buf.length), buf.length, s.cell(length)), buf, length);
        }
    }

    @Override
    public int keptText(byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(tokapu_kept_text(s.a.reserve(buf.length), buf.length, s.cell(length)), buf, length);
        }
    }

    @Override
    public int liveHandles(long[] n) {
        try (Scratch s = Scratch.take()) {
            return s.longTo(tokapu_live_handles(s.cell(n)), n);
        }
    }
}
