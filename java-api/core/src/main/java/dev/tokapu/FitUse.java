package dev.tokapu;

import java.util.Collections;
import java.util.List;

/** Bytes on each device and on the host. */
record FitUse(List<Long> devices, long host) {

    private static final long TOO_MUCH = Long.MAX_VALUE / 4;

    /** So large that even the bookkeeping of such a context does not fit the host. */
    static FitUse beyondPlanning(int devices) {
        return new FitUse(Collections.nCopies(devices, TOO_MUCH), TOO_MUCH);
    }

    boolean isBeyondPlanning() {
        return host == TOO_MUCH;
    }
}
