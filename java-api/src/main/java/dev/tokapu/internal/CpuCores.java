package dev.tokapu.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * The number of processor cores that are worth a compute thread each.
 *
 * <p>Thread safety: safe.
 */
public final class CpuCores {

    private static final Path CPUS = Path.of("/sys/devices/system/cpu");

    private CpuCores() {}

    /**
     * The physical cores, as llama.cpp's own tools count them on Linux, but not more than the processors that this JVM may
     * use: the limit of a container counts.
     *
     * @return 1 or more
     */
    public static int count() {
        int available = Runtime.getRuntime().availableProcessors();
        int physical = physical(CPUS);
        return physical == 0 ? available : Math.min(physical, available);
    }

    /** Distinct sets of hyper-threads, 0 when they cannot be read. */
    static int physical(Path cpus) {
        Set<String> siblings = new HashSet<>();
        for (int cpu = 0; ; cpu++) {
            Path file = cpus.resolve("cpu" + cpu + "/topology/thread_siblings");
            if (!Files.isReadable(file)) {
                return siblings.size();
            }
            try {
                siblings.add(Files.readString(file).trim());
            } catch (IOException e) {
                return 0;
            }
        }
    }
}
