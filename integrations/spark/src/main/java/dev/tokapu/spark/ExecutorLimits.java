package dev.tokapu.spark;

import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;

/**
 * What Spark gives an executor.
 *
 * @param cores the configured cores; 0 for all of the machine
 * @param memory the memory outside the heap
 */
record ExecutorLimits(int cores, MemoryBudget memory) {

    private static final String CORES = "spark.executor.cores";
    private static final String MEMORY = "spark.executor.memory";
    private static final long LEAST_OVERHEAD = 384; // MiB, as Spark has it

    static ExecutorLimits now() {
        SparkEnv env = SparkEnv.get();
        return env == null ? new ExecutorLimits(0, MemoryBudget.UNKNOWN) : of(env.conf());
    }

    static ExecutorLimits of(SparkConf conf) {
        int cores = conf.contains(CORES) ? Integer.parseInt(conf.get(CORES)) : 0;
        String master = conf.get("spark.master", "");
        boolean contained = master.startsWith("yarn") || master.startsWith("k8s");
        return new ExecutorLimits(cores, contained ? new MemoryBudget(overhead(conf)) : MemoryBudget.UNKNOWN);
    }

    /** In MiB: what is set, or Spark's share of the heap. */
    private static long overhead(SparkConf conf) {
        if (conf.contains(MemoryBudget.SETTING)) {
            return conf.getSizeAsMb(MemoryBudget.SETTING);
        }
        double factor = conf.getDouble("spark.executor.memoryOverheadFactor", 0.1);
        return Math.max(LEAST_OVERHEAD, (long) (factor * conf.getSizeAsMb(MEMORY, "1g")));
    }
}
