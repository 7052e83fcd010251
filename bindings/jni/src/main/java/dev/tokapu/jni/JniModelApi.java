package dev.tokapu.jni;

import static dev.tokapu.spi.ArrayChecks.out;
import static dev.tokapu.spi.ArrayChecks.texts;

import dev.tokapu.jni.gen.TokapuLibrary;
import dev.tokapu.spi.ModelApi;
import dev.tokapu.spi.ProgressListener;
import org.jspecify.annotations.Nullable;

/** {@link ModelApi} over the native methods that JavaCPP generates. */
final class JniModelApi implements ModelApi {

    @Override
    public int defaults(long[] options) {
        return TokapuLibrary.tokapu_model_defaults(options, options.length);
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
        texts(paths, nPaths, "paths");
        texts(overrides, 3L * nOverrides, "overrides");
        return ProgressCallback.listen(
                progress,
                (callback, load) -> TokapuLibrary.tokapu_model_load(
                        paths,
                        nPaths,
                        options,
                        options.length,
                        overrides,
                        nOverrides,
                        placement,
                        callback,
                        load,
                        out(model)));
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
        texts(overrides, 3L * nOverrides, "overrides");
        return ProgressCallback.listen(
                progress,
                (callback, load) -> TokapuLibrary.tokapu_model_load_range(
                        path,
                        path.length,
                        offset,
                        size,
                        options,
                        options.length,
                        overrides,
                        nOverrides,
                        placement,
                        callback,
                        load,
                        out(model)));
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
        texts(overrides, 3L * nOverrides, "overrides");
        return ProgressCallback.listen(
                progress,
                (callback, load) -> TokapuLibrary.tokapu_model_load_fd(
                        fd,
                        offset,
                        size,
                        options,
                        options.length,
                        overrides,
                        nOverrides,
                        placement,
                        callback,
                        load,
                        out(model)));
    }

    @Override
    public int free(long model) {
        return TokapuLibrary.tokapu_model_free(model);
    }

    @Override
    public int info(long model, long[] info) {
        return TokapuLibrary.tokapu_model_info(model, info, info.length);
    }

    @Override
    public int devices(long model, int[] devices, int[] n) {
        return TokapuLibrary.tokapu_model_devices(model, devices, devices.length, out(n));
    }

    @Override
    public int memory(long model, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_model_memory(model, buf, buf.length, out(length));
    }

    @Override
    public int description(long model, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_model_description(model, buf, buf.length, out(length));
    }

    @Override
    public int metaKey(long model, int index, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_model_meta_key(model, index, buf, buf.length, out(length));
    }

    @Override
    public int metaValue(long model, int index, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_model_meta_value(model, index, buf, buf.length, out(length));
    }

    @Override
    public int clsLabel(long model, int index, byte[] buf, int[] length) {
        return TokapuLibrary.tokapu_model_cls_label(model, index, buf, buf.length, out(length));
    }
}
