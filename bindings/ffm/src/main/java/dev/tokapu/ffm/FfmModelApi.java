package dev.tokapu.ffm;

import dev.tokapu.ffm.gen.TokapuH;
import dev.tokapu.spi.ArrayChecks;
import dev.tokapu.spi.ModelApi;
import dev.tokapu.spi.ProgressListener;
import dev.tokapu.spi.Status;
import org.jspecify.annotations.Nullable;

/** {@link ModelApi} over the generated downcalls. */
final class FfmModelApi implements ModelApi {

    @Override
    public int defaults(long[] options) {
        try (Scratch s = Scratch.take()) {
            return s.longsTo(TokapuH.tokapu_model_defaults(s.a.reserve(8L * options.length), options.length), options);
        }
    }

    @Override
    public int load(
            byte[] paths,
            int nPaths,
            long[] options,
            byte[] overrides,
            int nOverrides,
            long placement,
            @Nullable ProgressListener progress,
            long[] model) {
        ArrayChecks.texts(paths, nPaths, "paths");
        ArrayChecks.texts(overrides, 3L * nOverrides, "overrides");
        try (Scratch s = Scratch.take();
                ProgressUpcall upcall = new ProgressUpcall(progress)) {
            int status = TokapuH.tokapu_model_load(
                    s.a.in(paths),
                    nPaths,
                    s.b.in(options),
                    options.length,
                    s.c.in(overrides),
                    nOverrides,
                    placement,
                    upcall.callback(),
                    upcall.userData(),
                    s.cell(model));
            return loaded(status, s, upcall, model);
        }
    }

    @Override
    public int loadRange(
            byte[] path,
            long offset,
            long size,
            long[] options,
            byte[] overrides,
            int nOverrides,
            long placement,
            @Nullable ProgressListener progress,
            long[] model) {
        ArrayChecks.texts(overrides, 3L * nOverrides, "overrides");
        try (Scratch s = Scratch.take();
                ProgressUpcall upcall = new ProgressUpcall(progress)) {
            int status = TokapuH.tokapu_model_load_range(
                    s.a.in(path),
                    path.length,
                    offset,
                    size,
                    s.b.in(options),
                    options.length,
                    s.c.in(overrides),
                    nOverrides,
                    placement,
                    upcall.callback(),
                    upcall.userData(),
                    s.cell(model));
            return loaded(status, s, upcall, model);
        }
    }

    @Override
    public int loadFd(
            int fd,
            long offset,
            long size,
            long[] options,
            byte[] overrides,
            int nOverrides,
            long placement,
            @Nullable ProgressListener progress,
            long[] model) {
        ArrayChecks.texts(overrides, 3L * nOverrides, "overrides");
        try (Scratch s = Scratch.take();
                ProgressUpcall upcall = new ProgressUpcall(progress)) {
            int status = TokapuH.tokapu_model_load_fd(
                    fd,
                    offset,
                    size,
                    s.b.in(options),
                    options.length,
                    s.c.in(overrides),
                    nOverrides,
                    placement,
                    upcall.callback(),
                    upcall.userData(),
                    s.cell(model));
            return loaded(status, s, upcall, model);
        }
    }

    /** Delivers a handle, or throws what the listener threw. */
    private static int loaded(int status, Scratch s, ProgressUpcall upcall, long[] model) {
        if (upcall.hasThrown() && status == Status.OK) {
            TokapuH.tokapu_model_free(s.longResult());
        }
        upcall.rethrow();
        return s.longTo(status, model);
    }

    @Override
    public int free(long model) {
        return TokapuH.tokapu_model_free(model);
    }

    @Override
    public int info(long model, long[] info) {
        try (Scratch s = Scratch.take()) {
            return s.longsTo(TokapuH.tokapu_model_info(model, s.a.reserve(8L * info.length), info.length), info);
        }
    }

    @Override
    public int devices(long model, int[] devices, int[] n) {
        try (Scratch s = Scratch.take()) {
            return s.tokensTo(
                    TokapuH.tokapu_model_devices(model, s.a.reserve(4L * devices.length), devices.length, s.cell(n)),
                    devices,
                    n);
        }
    }

    @Override
    public int memory(long model, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_model_memory(model, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int description(long model, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_model_description(model, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int metaKey(long model, int index, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_model_meta_key(model, index, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int metaValue(long model, int index, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_model_meta_value(model, index, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int clsLabel(long model, int index, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    TokapuH.tokapu_model_cls_label(model, index, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }
}
