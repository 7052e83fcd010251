package dev.tokapu.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {

    private static final long MIB = 1 << 20;

    private static SparkConf conf(String master) {
        return new SparkConf(false).set("spark.master", master);
    }

    @Test
    void of_containers_isTheOverheadThatSparkAsksFor() {
        assertThat(ExecutorLimits.of(conf("yarn")).memory().mebibytes()).isEqualTo(384);
        assertThat(ExecutorLimits.of(conf("k8s://here").set("spark.executor.memory", "8g"))
                        .memory()
                        .mebibytes())
                .isEqualTo(819);
        assertThat(ExecutorLimits.of(conf("yarn").set("spark.executor.memoryOverhead", "3g"))
                        .memory()
                        .mebibytes())
                .isEqualTo(3072);
    }

    @Test
    void of_otherClusters_isNone() {
        ExecutorLimits limits = ExecutorLimits.of(conf("spark://here:7077").set("spark.executor.cores", "3"));
        assertThat(limits.memory()).isEqualTo(MemoryBudget.UNKNOWN);
        assertThat(limits.cores()).isEqualTo(3);
    }

    @Test
    void sequences_tooMany_areHalvedUntilTheyFit() {
        MemoryBudget budget = new MemoryBudget(1000);
        assertThat(budget.sequences("m", 8, count -> 100 * MIB)).isEqualTo(8);
        assertThat(budget.sequences("m", 8, count -> count * 300L * MIB)).isEqualTo(2);
        assertThat(budget.sequences("m", 8, count -> 5000 * MIB))
                .as("it may work")
                .isEqualTo(1);
        assertThat(MemoryBudget.UNKNOWN.sequences("m", 8, count -> {
                    throw new AssertionError("nobody counts");
                }))
                .isEqualTo(8);
    }
}
