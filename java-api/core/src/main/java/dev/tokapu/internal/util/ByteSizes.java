package dev.tokapu.internal.util;

import java.util.Locale;

/**
 * Sizes as a person reads them.
 *
 * <p>Thread safety: safe.
 */
public final class ByteSizes {

    private static final double MIB = 1024.0 * 1024;

    private ByteSizes() {}

    /**
     * A size in MiB, or in GiB when it is larger than 10 of them.
     *
     * @return for example {@code 92.1 MiB}
     */
    public static String text(long bytes) {
        double mib = bytes / MIB;
        return Math.abs(mib) < 10_240
                ? String.format(Locale.ROOT, "%.1f MiB", mib)
                : String.format(Locale.ROOT, "%.1f GiB", mib / 1024);
    }
}
