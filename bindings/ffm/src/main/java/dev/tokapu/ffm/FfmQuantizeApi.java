package dev.tokapu.ffm;

import dev.tokapu.ffm.gen.TokapuH;
import dev.tokapu.spi.ArrayChecks;
import dev.tokapu.spi.ProgressListener;
import dev.tokapu.spi.QuantizeApi;
import org.jspecify.annotations.Nullable;

/** {@link QuantizeApi} over the generated downcalls. */
final class FfmQuantizeApi implements QuantizeApi {

    private static final int PATHS = 3;

    @Override
    public int defaults(long[] options) {
        try (Scratch s = Scratch.take()) {
            return s.longsTo(
                    TokapuH.tokapu_quantize_defaults(s.a.reserve(8L * options.length), options.length), options);
        }
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
        ArrayChecks.texts(paths, PATHS, "paths");
        ArrayChecks.texts(rules, 2L * nRules, "rules");
        ArrayChecks.texts(overrides, 3L * nOverrides, "overrides");
        ArrayChecks.atLeast(pruned.length, nPruned, "pruned");
        try (Scratch s = Scratch.take();
                ProgressUpcall upcall = new ProgressUpcall(progress)) {
            int status = TokapuH.tokapu_quantize(
                    s.b.in(paths),
                    s.c.in(options),
                    options.length,
                    s.d.in(rules),
                    nRules,
                    s.e.in(overrides),
                    nOverrides,
                    s.f.in(pruned, nPruned),
                    nPruned,
                    upcall.callback(),
                    upcall.userData(),
                    s.a.reserve(buf.length),
                    buf.length,
                    s.cell(length));
            upcall.rethrow();
            return s.textTo(status, buf, length);
        }
    }
}
