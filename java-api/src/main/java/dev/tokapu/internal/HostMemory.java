package dev.tokapu.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the operating system says about the host's memory.
 *
 * <p>Thread safety: safe.
 */
public final class HostMemory {

    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final String KEY = "MemAvailable:";

    private HostMemory() {}

    /**
     * What could be allocated without swapping.
     *
     * @param unknown the answer where the system does not tell
     * @return bytes
     */
    public static long available(long unknown) {
        if (!Files.isReadable(MEMINFO)) {
            return unknown;
        }
        try {
            for (String line : Files.readAllLines(MEMINFO)) {
                if (line.startsWith(KEY)) {
                    String digits = line.substring(KEY.length()).strip();
                    return Math.min(unknown, Long.parseLong(digits.substring(0, digits.indexOf(' '))) * 1024);
                }
            }
            return unknown;
        } catch (IOException | RuntimeException e) {
            return unknown;
        }
    }
}
