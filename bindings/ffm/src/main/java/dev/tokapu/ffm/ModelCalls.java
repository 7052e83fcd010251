package dev.tokapu.ffm;

import static dev.tokapu.ffm.gen.TokapuH.tokapu_model_cls_label;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_model_defaults;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_model_description;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_model_devices;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_model_free;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_model_info;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_model_load;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_model_load_fd;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_model_load_range;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_model_memory;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_model_meta_key;
import static dev.tokapu.ffm.gen.TokapuH.tokapu_model_meta_value;

import dev.tokapu.spi.ArrayChecks;
import dev.tokapu.spi.NativeConstants;
import dev.tokapu.spi.ProgressListener;
import org.jspecify.annotations.Nullable;

/** The model functions of {@code tokapu.h}. */
abstract class ModelCalls extends DeviceCalls {

    @Override
    public int modelDefaults(long[] options) {
        try (Scratch s = Scratch.take()) {
            return s.longsTo(tokapu_model_defaults(s.a.reserve(8L * options.length), options.length), options);
        }
    }

    @Override
    public int modelLoad(
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
            int status = tokapu_model_load(
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
    public int modelLoadRange(
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
            int status = tokapu_model_load_range(
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
    public int modelLoadFd(
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
            int status = tokapu_model_load_fd(
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
        Throwable thrown = upcall.thrown();
        if (thrown != null) {
            if (status == NativeConstants.OK) {
                tokapu_model_free(s.longResult());
            }
            throw ModelCalls.<RuntimeException>unchecked(thrown);
        }
        return s.longTo(status, model);
    }

    /** Throws what was thrown as it is, also when it is a checked exception. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException unchecked(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Override
    public int modelFree(long model) {
        return tokapu_model_free(model);
    }

    @Override
    public int modelInfo(long model, long[] info) {
        try (Scratch s = Scratch.take()) {
            return s.longsTo(tokapu_model_info(model, s.a.reserve(8L * info.length), info.length), info);
        }
    }

    @Override
    public int modelDevices(long model, int[] devices, int[] n) {
        try (Scratch s = Scratch.take()) {
            return s.tokensTo(
                    tokapu_model_devices(model, s.a.reserve(4L * devices.length), devices.length, s.cell(n)),
                    devices,
                    n);
        }
    }

    @Override
    public int modelMemory(long model, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    tokapu_model_memory(model, s.a.reserve(buf.length), buf.length, s.cell(length)), buf, length);
        }
    }

    @Override
    public int modelDescription(long model, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    tokapu_model_description(model, s.a.reserve(buf.length), buf.length, s.cell(length)), buf, length);
        }
    }

    @Override
    public int modelMetaKey(long model, int index, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    tokapu_model_meta_key(model, index, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int modelMetaValue(long model, int index, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    tokapu_model_meta_value(model, index, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }

    @Override
    public int modelClsLabel(long model, int index, byte[] buf, int[] length) {
        try (Scratch s = Scratch.take()) {
            return s.textTo(
                    tokapu_model_cls_label(model, index, s.a.reserve(buf.length), buf.length, s.cell(length)),
                    buf,
                    length);
        }
    }
}
