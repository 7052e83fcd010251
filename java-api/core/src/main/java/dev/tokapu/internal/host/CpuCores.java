package dev.tokapu.internal.host;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The number of processor cores that are worth a compute thread each.
 *
 * <p>Thread safety: safe.
 */
public final class CpuCores {

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
        CpuTopology topology = new CpuTopology(root);
        int physical = topology.cores(topology.fast());
        int cores = physical == 0 ? available : Math.min(physical, available);
        return Math.max(1, Math.min(cores, quota(new ControlGroups(root))));
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
