package dev.tokapu.jni;

import static dev.tokapu.spi.ArrayChecks.atLeast;
import static dev.tokapu.spi.ArrayChecks.out;
import static dev.tokapu.spi.ArrayChecks.texts;

import dev.tokapu.jni.gen.TokapuLibrary;
import dev.tokapu.spi.ProgressListener;
import dev.tokapu.spi.QuantizeApi;
import org.jspecify.annotations.Nullable;

/** {@link QuantizeApi} over the native methods that JavaCPP generates. */
final class JniQuantizeApi implements QuantizeApi {

    private static final int PATHS = 3;

    @Override
    public int defaults(long[] options) {
        return TokapuLibrary.tokapu_quantize_defaults(options, options.length);
    }

    @Override
    public int quantize(
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
            int[] length) {
        texts(paths, PATHS, "paths");
        texts(rules, 2L * nRules, "rules");
        texts(overrides, 3L * nOverrides, "overrides");
        atLeast(pruned.length, nPruned, "pruned");
        return ProgressCallback.listen(
                progress,
                (callback, job) -> TokapuLibrary.tokapu_quantize(
                        paths,
                        options,
                        options.length,
                        rules,
                        nRules,
                        overrides,
                        nOverrides,
                        pruned,
                        nPruned,
                        callback,
                        job,
                        buf,
                        buf.length,
                        out(length)));
    }
}
