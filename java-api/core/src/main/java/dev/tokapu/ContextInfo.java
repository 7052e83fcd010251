package dev.tokapu;

import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.spi.ContextInfoKey;

/**
 * What is in effect in a context, which may differ from what was asked for.
 *
 * <p>Thread safety: safe.
 */
final class ContextInfo {

    private ContextInfo() {}

    /** The values, by the constants {@code CONTEXT_INFO_}. */
    static long[] read(NativeHandle handle) {
        long[] info = new long[ContextInfoKey.COUNT];
        long id = handle.acquire();
        try {
            handle.check(handle.api().contexts().info(id, info), "reading the settings");
            return info;
        } finally {
            handle.release();
        }
    }
}
