package dev.tokapu.spi;

import org.jspecify.annotations.Nullable;

/** The functions of {@code tokapu.h} for quantizing model files. */
public interface QuantizeApi {

    int defaults(long[] options);

    int quantize(
            byte[] paths,
            long[] options,
            byte[] rules,
            int nRules,
            byte[] overrides,
            int nOverrides,
            int[] pruned,
            int nPruned,
            @Nullable ProgressListener progress,
            byte[] buf,
            int[] length);
}
