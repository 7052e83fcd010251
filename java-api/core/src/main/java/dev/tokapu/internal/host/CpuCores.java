package dev.tokapu.internal.host;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The number of processor cores that are worth a compute thread each.
 *
 * <p>Thread safety: safe.
 */
public final class CpuCores {

    private static final String CPUS = "sys/devices/system/cpu";
    private static final int SLOW = 2; // a processor with less than this part of the fastest one's capacity

    private CpuCores() {}

    /**
     * The physical cores that this JVM may use, as llama.cpp's own tools count them on Linux: of a processor with cores of two
     * kinds the fast ones, since all threads wait for the slowest. Not more than the quota of a control group pays for, parents
     * included: the limit of a container counts.
     *
     * @return 1 or more
     */
    public static int count() {
        return count(Path.of("/"), Runtime.getRuntime().availableProcessors());
    }

    static int count(Path root, int available) {
        int physical = physical(root);
        int cores = physical == 0 ? available : Math.min(physical, available);
        return Math.max(1, Math.min(cores, quota(new ControlGroups(root))));
    }

    /** Distinct sets of hyper-threads, 0 when they cannot be read. */
    private static int physical(Path root) {
        Path cpus = root.resolve(CPUS);
        BitSet allowed = list(SmallFile.read(root.resolve("proc/self/status")).line("Cpus_allowed_list:"));
        BitSet fast = fast(root);
        Set<String> siblings = new HashSet<>();
        for (int cpu = 0; ; cpu++) {
            String line = SmallFile.lines(cpus.resolve("cpu" + cpu + "/topology/thread_siblings"))[0].strip();
            if (line.isEmpty()) {
                return siblings.size();
            }
            if ((allowed.isEmpty() || allowed.get(cpu)) && (fast.isEmpty() || fast.get(cpu))) {
                siblings.add(line);
            }
        }
    }

    /** The processors whose cores are not much slower than the others: Intel's performance cores, Arm's large ones; none where all are alike. */
    private static BitSet fast(Path root) {
        BitSet performance = list(SmallFile.lines(root.resolve("sys/devices/cpu_core/cpus"))[0]);
        if (!performance.isEmpty()) {
            return performance;
        }
        List<Long> capacities = new ArrayList<>();
        for (int cpu = 0; ; cpu++) {
            long capacity = SmallFile.read(root.resolve(CPUS + "/cpu" + cpu + "/cpu_capacity"))
                    .value("", 0);
            if (capacity == 0) {
                break;
            }
            capacities.add(capacity);
        }
        for (int cpu = 0; cpu < capacities.size(); cpu++) {
            if (capacities.get(cpu) * SLOW >= Collections.max(capacities)) {
                performance.set(cpu);
            }
        }
        return performance;
    }

    /** Numbers as Linux lists them, {@code 0-3,8}; none when they cannot be read. */
    private static BitSet list(String text) {
        BitSet numbers = new BitSet();
        try {
            for (String part : text.strip().split(",", -1)) {
                int dash = part.indexOf('-');
                int first = Integer.parseInt(dash < 0 ? part : part.substring(0, dash));
                numbers.set(first, Integer.parseInt(part.substring(dash + 1)) + 1);
            }
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            numbers.clear();
        }
        return numbers;
    }

    /** Processors that the least quota is worth, a part of one as a whole. */
    private static int quota(ControlGroups groups) {
        ControlGroups.Groups cpu = groups.of("cpu");
        int least = Integer.MAX_VALUE;
        for (ControlGroups.Folder group : cpu.folders()) {
            OptionalLong quota = cpu.second() ? group.number("cpu.max") : group.number("cpu.cfs_quota_us");
            OptionalLong period = cpu.second() ? group.first("cpu.max", 1) : group.number("cpu.cfs_period_us");
            if (quota.orElse(-1) > 0 && period.orElse(-1) > 0) {
                long whole = (quota.getAsLong() + period.getAsLong() - 1) / period.getAsLong();
                least = (int) Math.min(least, whole);
            }
        }
        return least;
    }
}
