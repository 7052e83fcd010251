package dev.tokapu.spi;

import org.jspecify.annotations.Nullable;

/** The functions of {@code tokapu.h} for models: loading, what they say about themselves. */
public interface ModelApi {

    int defaults(long[] options);

    int load(
            byte[] paths,
            int nPaths,
            long[] options,
            byte[] overrides,
            int nOverrides,
            long placement,
            @Nullable ProgressListener progress,
            long[] model);

    int loadRange(
            byte[] path,
            long offset,
            long size,
            long[] options,
            byte[] overrides,
            int nOverrides,
            long placement,
            @Nullable ProgressListener progress,
            long[] model);

    int loadFd(
            int fd,
            long offset,
            long size,
            long[] options,
            byte[] overrides,
            int nOverrides,
            long placement,
            @Nullable ProgressListener progress,
            long[] model);

    int free(long model);

    int info(long model, long[] info);

    int devices(long model, int[] devices, int[] n);

    int memory(long model, byte[] buf, int[] length);

    int description(long model, byte[] buf, int[] length);

    int metaKey(long model, int index, byte[] buf, int[] length);

    int metaValue(long model, int index, byte[] buf, int[] length);

    int clsLabel(long model, int index, byte[] buf, int[] length);
}
