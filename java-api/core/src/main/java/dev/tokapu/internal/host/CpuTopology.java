package dev.tokapu.internal.host;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The processors of a Linux system: which of them are hyper-threads of one core, fast or slow, and on one NUMA node.
 *
 * <p>Thread safety: immutable.
 */
final class CpuTopology {

    private static final String CPUS = "sys/devices/system/cpu";
    private static final String NODES = "sys/devices/system/node";
    private static final int SLOW = 2; // a processor with less than this part of the fastest one's capacity

    private final Path root;
    private final BitSet usable = new BitSet();
    private final Map<Integer, String> siblings = new HashMap<>();

    /**
     * Reads the topology from a file system.
     *
     * @param root its root: that of the system, or of a test
     */
    CpuTopology(Path root) {
        this.root = root;
        BitSet allowed = list(SmallFile.read(root.resolve("proc/self/status")).line("Cpus_allowed_list:"));
        String[] names = root.resolve(CPUS).toFile().list();
        for (String name : names == null ? new String[0] : names) {
            int cpu = number(name);
            if (cpu >= 0 && (allowed.isEmpty() || allowed.get(cpu))) {
                add(cpu);
            }
        }
    }

    /** That of {@code cpu12}, -1 for other names. */
    private static int number(String name) {
        BitSet numbers = name.startsWith("cpu") ? list(name.substring("cpu".length())) : new BitSet();
        return numbers.length() - 1;
    }

    /** One that is offline has no topology. */
    private void add(int cpu) {
        String line = SmallFile.lines(root.resolve(CPUS + "/cpu" + cpu + "/topology/thread_siblings"))[0].strip();
        if (!line.isEmpty()) {
            usable.set(cpu);
            siblings.put(cpu, line);
        }
    }

    /** The physical cores among the processors that this process may use, 0 when they cannot be read. */
    int cores() {
        return cores(usable);
    }

    /**
     * Those of them that are not much slower than the others: Intel's performance cores, Arm's large ones; all of them where all
     * are alike, or where this process may use slow ones alone.
     */
    BitSet fast() {
        BitSet performance = list(SmallFile.lines(root.resolve("sys/devices/cpu_core/cpus"))[0]);
        if (performance.isEmpty()) {
            performance = notSlow("/cpu_capacity");
        }
        if (performance.isEmpty()) {
            performance = notSlow("/cpufreq/cpuinfo_max_freq");
        }
        performance.and(usable);
        return performance.isEmpty() ? usable : performance;
    }

    /** The processors with a value of half the largest or more; none when there are no values. */
    private BitSet notSlow(String file) {
        BitSet fast = new BitSet();
        long[] values = new long[usable.length()];
        long largest = 0;
        for (int cpu = usable.nextSetBit(0); cpu >= 0; cpu = usable.nextSetBit(cpu + 1)) {
            values[cpu] =
                    SmallFile.read(root.resolve(CPUS + "/cpu" + cpu + file)).value("", 0);
            if (values[cpu] == 0) {
                return fast;
            }
            largest = Math.max(largest, values[cpu]);
        }
        for (int cpu = 0; cpu < values.length; cpu++) {
            fast.set(cpu, values[cpu] > 0 && values[cpu] * SLOW >= largest);
        }
        return fast;
    }

    /** The physical cores of some of them: distinct sets of hyper-threads. */
    int cores(BitSet processors) {
        Set<String> cores = new HashSet<>();
        for (int cpu = processors.nextSetBit(0); cpu >= 0; cpu = processors.nextSetBit(cpu + 1)) {
            cores.add(siblings.getOrDefault(cpu, ""));
        }
        return cores.size();
    }

    /** Processors by NUMA node, of those nodes that have some of them; empty when they cannot be read. */
    List<BitSet> byNode(BitSet processors) {
        List<BitSet> nodes = new ArrayList<>();
        BitSet online = list(SmallFile.lines(root.resolve(NODES + "/online"))[0]);
        for (int node = online.nextSetBit(0); node >= 0; node = online.nextSetBit(node + 1)) {
            BitSet own = list(SmallFile.lines(root.resolve(NODES + "/node" + node + "/cpulist"))[0]);
            own.and(processors);
            if (!own.isEmpty()) {
                nodes.add(own);
            }
        }
        return nodes;
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
}
