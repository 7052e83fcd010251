package dev.tokapu.internal.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files of a Linux system that tell of memory, processors and control groups, in a folder. */
final class FakeRoot {

    static final long MIB = 1 << 20;

    private final Path path;

    FakeRoot(Path path) {
        this.path = path;
    }

    Path path() {
        return path;
    }

    FakeRoot file(String name, String text) {
        try {
            Path file = path.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
            return this;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A machine of 8 GiB with 6 GiB available and 1 GiB of free swap, and what more could be dropped. */
    FakeRoot machine() {
        return file("proc/meminfo", """
                MemTotal:        8388608 kB
                MemFree:         2097152 kB
                MemAvailable:    6291456 kB
                Buffers:          524288 kB
                Active(file):    2097152 kB
                Inactive(file):  2097152 kB
                SReclaimable:     524288 kB
                SwapTotal:       2097152 kB
                SwapFree:        1048576 kB
                """);
    }

    /** Version 2, mounted where it always is. */
    FakeRoot second(String group, String mountRoot) {
        return file("proc/self/cgroup", "0::" + group + "\n")
                .file(
                        "proc/self/mountinfo",
                        "29 23 0:26 " + mountRoot
                                + " /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n");
    }

    /** Version 1 with the controllers memory and cpu. */
    FakeRoot first(String group, String mountRoot) {
        return file("proc/self/cgroup", "5:cpu,cpuacct:" + group + "\n4:memory:" + group + "\n0::/\n")
                .file(
                        "proc/self/mountinfo",
                        "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
                                + "35 31 0:32 " + mountRoot
                                + " /sys/fs/cgroup/memory rw shared:3 master:1 - cgroup cgroup rw,memory\n"
                                + "36 31 0:33 " + mountRoot
                                + " /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
                                + "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
    }
}
