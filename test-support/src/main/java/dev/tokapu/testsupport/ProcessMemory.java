package dev.tokapu.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the kernel says about this process's memory.
 *
 * <p>Thread safety: safe for any number of threads.
 */
public final class ProcessMemory {

    private ProcessMemory() {}

    /** Resident memory of this process, in bytes. */
    public static long resident() {
        return field("VmRSS:") * 1024;
    }

    /** Threads of this process, native ones included. */
    public static long threads() {
        return field("Threads:");
    }

    /** Open file descriptors of this process. */
    public static long openFiles() {
        String[] names = Path.of("/proc/self/fd").toFile().list();
        if (names == null) {
            throw new IllegalStateException("/proc/self/fd cannot be listed");
        }
        return names.length;
    }

    private static long field(String name) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith(name)) {
                    return Long.parseLong(
                            line.substring(name.length()).replace("kB", "").strip());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("/proc/self/status has no field " + name);
    }
}
