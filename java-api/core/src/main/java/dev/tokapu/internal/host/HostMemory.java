package dev.tokapu.internal.host;

import dev.tokapu.internal.util.ByteSizes;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The host's memory as far as this process may use it: of the machine, or less where a control group (a container, a service)
 * limits it.
 *
 * <p>What is read from files and can be dropped, mapped weights for example, counts as free.
 *
 * <p>Thread safety: immutable.
 *
 * @param total bytes of the machine, or of the least limit of a control group
 * @param available bytes that can be had without swapping
 * @param reachable bytes that can be had at all: with swap, and all that the system could drop
 * @param limit the control group that leaves the least, null when none leaves less than the machine has
 */
public record HostMemory(
        long total,
        long available,
        long reachable,
        @Nullable Limit limit) {

    /**
     * A limit of a control group.
     *
     * @param group its name, seen from this process
     * @param bytes how much it may use
     * @param used how much of that is in use, without what can be dropped
     */
    public record Limit(String group, long bytes, long used) {}

    private static final long UNLIMITED = 1L << 60; // version 1 writes the largest multiple of a page
    private static final String STAT = "memory.stat";

    /** {@return the present numbers, {@link Long#MAX_VALUE} where the system does not tell} */
    public static HostMemory now() {
        return of(Path.of("/"));
    }

    /** Reads the numbers from a file system: that of the system, or of a test. */
    static HostMemory of(Path root) {
        SmallFile meminfo = SmallFile.read(root.resolve("proc/meminfo"));
        long swap = kilobytes(meminfo, "SwapFree:", 0);
        long available = kilobytes(meminfo, "MemAvailable:", Long.MAX_VALUE);
        long droppable = kilobytes(meminfo, "MemFree:", 0)
                + kilobytes(meminfo, "Buffers:", 0)
                + kilobytes(meminfo, "Active(file):", 0)
                + kilobytes(meminfo, "Inactive(file):", 0)
                + kilobytes(meminfo, "SReclaimable:", 0);
        long reachable = plus(Math.max(available, droppable), swap);
        HostMemory memory = new HostMemory(kilobytes(meminfo, "MemTotal:", Long.MAX_VALUE), available, reachable, null);
        ControlGroups.Groups groups = new ControlGroups(root).of("memory");
        boolean innermost = true;
        for (ControlGroups.Folder group : groups.folders()) {
            memory = memory.within(groups.second() ? second(group, swap) : first(group, swap, innermost));
            innermost = false;
        }
        return memory;
    }

    private record Level(Limit limit, long swap) {}

    private HostMemory within(@Nullable Level level) {
        if (level == null) {
            return this;
        }
        Limit other = level.limit;
        long left = Math.max(0, other.bytes - other.used);
        boolean less = left < available;
        return new HostMemory(
                Math.min(total, other.bytes),
                Math.min(available, left),
                Math.min(reachable, plus(left, level.swap)),
                less ? other : limit);
    }

    /** Beyond memory.high a process is slowed down until it stands still, so it limits as memory.max does. */
    private static @Nullable Level second(ControlGroups.Folder group, long hostSwap) {
        long limit = Math.min(
                group.number("memory.max").orElse(UNLIMITED),
                group.number("memory.high").orElse(UNLIMITED));
        if (limit >= UNLIMITED) {
            return null;
        }
        SmallFile stat = group.values(STAT);
        long files =
                stat.value("inactive_file ", 0) + stat.value("active_file ", 0) + stat.value("slab_reclaimable ", 0);
        long used = Math.max(0, group.number("memory.current").orElse(0) - files);
        long swap = hostSwap;
        OptionalLong most = group.number("memory.swap.max");
        if (most.isPresent()) {
            long taken = group.number("memory.swap.current").orElse(0);
            swap = Math.min(swap, Math.max(0, most.getAsLong() - taken));
        }
        return new Level(new Limit(group.name(), limit, used), swap);
    }

    /** {@code hierarchical_memory_limit} tells of parents that a container does not see. */
    private static @Nullable Level first(ControlGroups.Folder group, long hostSwap, boolean innermost) {
        long own = group.number("memory.limit_in_bytes").orElse(UNLIMITED);
        if (own >= UNLIMITED && !innermost) {
            return null;
        }
        SmallFile stat = group.values(STAT);
        long limit = Math.min(own, stat.value("hierarchical_memory_limit ", UNLIMITED));
        if (limit >= UNLIMITED) {
            return null;
        }
        long files = stat.value("total_inactive_file ", 0) + stat.value("total_active_file ", 0);
        long used = Math.max(0, group.number("memory.usage_in_bytes").orElse(0) - files);
        long both = Math.min(
                group.number("memory.memsw.limit_in_bytes").orElse(UNLIMITED),
                stat.value("hierarchical_memsw_limit ", UNLIMITED));
        long swap = hostSwap;
        if (both < UNLIMITED) {
            swap = Math.min(swap, Math.max(0, both - limit - stat.value("total_swap ", 0)));
        }
        return new Level(new Limit(group.name(), limit, used), swap);
    }

    private static long kilobytes(SmallFile meminfo, String key, long unknown) {
        long value = meminfo.value(key, -1);
        return value < 0 ? unknown : value * 1024;
    }

    private static long plus(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }

    /** {@return why so little is free, for people; a sentence without a full stop} */
    public String reason() {
        Limit least = limit;
        return least == null
                ? "this machine has " + ByteSizes.text(total) + ", of which " + ByteSizes.text(reachable)
                        + " can be had" + " (swap and what can be dropped included)"
                : "the control group " + least.group + " of this process (a container, a service) may use "
                        + ByteSizes.text(least.bytes) + " and uses " + ByteSizes.text(least.used) + ", so that "
                        + ByteSizes.text(reachable) + " can be had";
    }
}
