package dev.tokapu.internal.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuCoresTest {

    private static final String V2 = "sys/fs/cgroup/";
    private static final String V1 = "sys/fs/cgroup/cpu,cpuacct/";

    @TempDir
    Path folder;

    private FakeRoot root;

    /** Eight processors that are the hyper-threads of four cores. */
    @BeforeEach
    void newRoot() {
        root = new FakeRoot(folder);
        for (int cpu = 0; cpu < 8; cpu++) {
            root.file("sys/devices/system/cpu/cpu" + cpu + "/topology/thread_siblings", "0x" + cpu % 4 + "\n");
        }
    }

    @Test
    void noQuota_isPhysicalCoresThatTheJvmMayUse() {
        assertThat(CpuCores.count(folder, 8)).isEqualTo(4);
        assertThat(CpuCores.count(folder, 3)).isEqualTo(3);
        assertThat(CpuCores.count(folder.resolve("empty"), 3)).isEqualTo(3);
    }

    @Test
    void second_quotaOfAParent_limits() {
        root.second("/pod/c", "/")
                .file(V2 + "pod/c/cpu.max", "max 100000\n")
                .file(V2 + "pod/cpu.max", "150000 100000\n");
        assertThat(CpuCores.count(folder, 8)).isEqualTo(2);
        root.file(V2 + "pod/c/cpu.max", "20000 100000");
        assertThat(CpuCores.count(folder, 8)).isEqualTo(1);
    }

    @Test
    void first_quota_limits() {
        root.first("/docker/abc", "/docker/abc")
                .file(V1 + "cpu.cfs_quota_us", "300000")
                .file(V1 + "cpu.cfs_period_us", "100000");
        assertThat(CpuCores.count(folder, 8)).isEqualTo(3);
        root.file(V1 + "cpu.cfs_quota_us", "-1");
        assertThat(CpuCores.count(folder, 8)).isEqualTo(4);
    }

    @Test
    void processorsThatTheJvmMayUse_areCountedByTheirCores() {
        root.file(
                "proc/self/status",
                "Name:\tjava\nCpus_allowed:\t33\nCpus_allowed_list:\t0-1,4-5\nMems_allowed_list:\t0\n");
        assertThat(CpuCores.count(folder, 4)).isEqualTo(2);
        root.file("proc/self/status", "Cpus_allowed_list:\t3");
        assertThat(CpuCores.count(folder, 1)).isEqualTo(1);
        root.file("proc/self/status", "Cpus_allowed_list:\t7-x\n");
        assertThat(CpuCores.count(folder, 8)).isEqualTo(4);
    }

    /** Where hyper-threads are switched off, their numbers may lie between those of others. */
    @Test
    void processorAfterOneThatIsOffline_isCounted() throws IOException {
        Files.delete(folder.resolve("sys/devices/system/cpu/cpu1/topology/thread_siblings"));
        assertThat(CpuCores.count(folder, 7)).isEqualTo(4);
        Files.delete(folder.resolve("sys/devices/system/cpu/cpu5/topology/thread_siblings"));
        assertThat(CpuCores.count(folder, 6)).isEqualTo(3);
        root.file("proc/self/status", "Cpus_allowed_list:\t0-127\n");
        assertThat(CpuCores.count(folder, 6)).isEqualTo(3);
    }

    @Test
    void coresOfTwoKinds_fastOnesCount() {
        root.file("sys/devices/cpu_core/cpus", "0-1,4-5\n");
        assertThat(CpuCores.count(folder, 8)).isEqualTo(2);
    }

    @Test
    void coresOfTwoCapacities_slowOnesDoNotCount() {
        for (int cpu = 0; cpu < 8; cpu++) {
            root.file(
                    "sys/devices/system/cpu/cpu" + cpu + "/cpu_capacity",
                    cpu % 4 == 0 ? "1024\n" : cpu % 4 == 1 ? "870\n" : "446\n");
        }
        assertThat(CpuCores.count(folder, 8)).isEqualTo(2);
    }

    @Test
    void thisMachine_hasOneOrMore() {
        assertThat(CpuCores.count()).isBetween(1, Runtime.getRuntime().availableProcessors());
    }
}
