package dev.tokapu.internal.host;

import dev.tokapu.internal.natives.NumaPlacement;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.OptionalLong;
import java.util.function.IntSupplier;

/**
 * The processors that this JVM may use, and how many of them are worth a compute thread each.
 *
 * <p>Thread safety: immutable.
 *
 * @param processors the processors, hyper-threads counted, as Java counts them: not more than a control group pays for
 * @param cores physical cores, within taskset and cpusets, 0 when unknown
 * @param performanceCores the cores of the fastest kind, 0 when unknown
 * @param quota the processors that the least quota of a control group is worth, parents included, a part of one as a whole; 0
 *     without a quota
 * @param nodeCores the performance cores of the smallest NUMA node where threads are isolated on one, else 0
 */
public record CpuCores(int processors, int cores, int performanceCores, int quota, int nodeCores) {

    /** {@return those of this machine, now} */
    public static CpuCores ofMachine() {
        return of(
                Path.of("/"),
                Runtime.getRuntime().availableProcessors(),
                NumaPlacement.isIsolated(),
                NumaPlacement::performanceCores);
    }

    /** From the files of a system; where these do not tell, the native library may. */
    static CpuCores of(Path root, int processors, boolean isolated, IntSupplier fromLibrary) {
        int quota = quota(new ControlGroups(root));
        CpuTopology topology = new CpuTopology(root);
        int cores = topology.cores();
        if (cores == 0) {
            return new CpuCores(processors, 0, fromLibrary.getAsInt(), quota, 0);
        }
        BitSet fast = topology.fast();
        int nodeCores = isolated
                ? topology.byNode(fast).stream().mapToInt(topology::cores).min().orElse(0)
                : 0;
        return new CpuCores(processors, cores, topology.cores(fast), quota, nodeCores);
    }

    /**
     * The compute threads by default, as llama.cpp's own tools count them on Linux: the physical cores, of a processor with cores
     * of two kinds the fast ones, since all threads wait for the slowest. Not more than the JVM may use or a quota pays for.
     *
     * @return 1 or more
     */
    public int threads() {
        int threads = processors;
        for (int limit : new int[] {performanceCores, quota, nodeCores}) {
            threads = limit > 0 ? Math.min(threads, limit) : threads;
        }
        return Math.max(1, threads);
    }

    private static int quota(ControlGroups groups) {
        ControlGroups.Groups cpu = groups.of("cpu");
        int least = 0;
        for (ControlGroups.Folder group : cpu.folders()) {
            OptionalLong quota = cpu.second() ? group.number("cpu.max") : group.number("cpu.cfs_quota_us");
            OptionalLong period = cpu.second() ? group.first("cpu.max", 1) : group.number("cpu.cfs_period_us");
            if (quota.orElse(-1) > 0 && period.orElse(-1) > 0) {
                long whole = (quota.getAsLong() + period.getAsLong() - 1) / period.getAsLong();
                least = (int) Math.min(least == 0 ? Integer.MAX_VALUE : least, whole);
            }
        }
        return least;
    }
}
