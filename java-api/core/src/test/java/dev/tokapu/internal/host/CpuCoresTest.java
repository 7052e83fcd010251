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

    private int threads(int processors) {
        return CpuCores.of(folder, processors, false, () -> 0).threads();
    }

    @Test
    void noQuota_isPhysicalCoresThatTheJvmMayUse() {
        assertThat(threads(8)).isEqualTo(4);
        assertThat(threads(3)).isEqualTo(3);
        assertThat(CpuCores.of(folder.resolve("empty"), 3, false, () -> 0).threads())
                .isEqualTo(3);
    }

    @Test
    void second_quotaOfAParent_limits() {
        root.second("/pod/c", "/")
                .file(V2 + "pod/c/cpu.max", "max 100000\n")
                .file(V2 + "pod/cpu.max", "150000 100000\n");
        assertThat(threads(8)).isEqualTo(2);
        root.file(V2 + "pod/c/cpu.max", "20000 100000");
        assertThat(threads(8)).isEqualTo(1);
    }

    @Test
    void first_quota_limits() {
        root.first("/docker/abc", "/docker/abc")
                .file(V1 + "cpu.cfs_quota_us", "300000")
                .file(V1 + "cpu.cfs_period_us", "100000");
        assertThat(threads(8)).isEqualTo(3);
        root.file(V1 + "cpu.cfs_quota_us", "-1");
        assertThat(threads(8)).isEqualTo(4);
    }

    @Test
    void processorsThatTheJvmMayUse_areCountedByTheirCores() {
        root.file(
                "proc/self/status",
                "Name:\tjava\nCpus_allowed:\t33\nCpus_allowed_list:\t0-1,4-5\nMems_allowed_list:\t0\n");
        assertThat(threads(4)).isEqualTo(2);
        root.file("proc/self/status", "Cpus_allowed_list:\t3");
        assertThat(threads(1)).isEqualTo(1);
        root.file("proc/self/status", "Cpus_allowed_list:\t7-x\n");
        assertThat(threads(8)).isEqualTo(4);
    }

    /** Where hyper-threads are switched off, their numbers may lie between those of others. */
    @Test
    void processorAfterOneThatIsOffline_isCounted() throws IOException {
        Files.delete(folder.resolve("sys/devices/system/cpu/cpu1/topology/thread_siblings"));
        assertThat(threads(7)).isEqualTo(4);
        Files.delete(folder.resolve("sys/devices/system/cpu/cpu5/topology/thread_siblings"));
        assertThat(threads(6)).isEqualTo(3);
        root.file("proc/self/status", "Cpus_allowed_list:\t0-127\n");
        assertThat(threads(6)).isEqualTo(3);
    }

    @Test
    void filesThatCannotBeRead_leaveWhatJavaAndTheLibraryKnow() {
        Path empty = folder.resolve("empty");
        assertThat(CpuCores.of(empty, 16, false, () -> 8)).isEqualTo(new CpuCores(16, 0, 8, 0, 0));
        assertThat(CpuCores.of(empty, 16, true, () -> 8).threads()).isEqualTo(8);
        assertThat(CpuCores.of(empty, 0, false, () -> 0).threads()).isEqualTo(1);
        root.file("sys/devices/cpu_core/cpus", "?").file("sys/devices/system/cpu/cpufreq/boost", "1\n");
        assertThat(threads(8)).isEqualTo(4);
    }

    @Test
    void oneCore_isOneThread() {
        FakeRoot single = new FakeRoot(folder.resolve("single"));
        single.file("sys/devices/system/cpu/cpu0/topology/thread_siblings", "1\n");
        assertThat(CpuCores.of(single.path(), 1, false, () -> 0)).isEqualTo(new CpuCores(1, 1, 1, 0, 0));
    }

    /** Processors of a machine as Linux shows them: the mask of each core's hyper-threads. */
    private static FakeRoot machine(Path folder, int... threadsOfCores) {
        FakeRoot root = new FakeRoot(folder);
        int cpu = 0;
        for (int threads : threadsOfCores) {
            long siblings = ((1L << threads) - 1) << cpu;
            for (int i = 0; i < threads; i++, cpu++) {
                root.file(
                        "sys/devices/system/cpu/cpu" + cpu + "/topology/thread_siblings",
                        Long.toHexString(siblings) + "\n");
            }
        }
        return root;
    }

    @Test
    void alderLake_countsPerformanceCoresWithoutTheirHyperThreads() {
        FakeRoot alderLake = machine(folder.resolve("i9"), 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1)
                .file("sys/devices/cpu_core/cpus", "0-15\n")
                .file("sys/devices/cpu_atom/cpus", "16-23\n");
        assertThat(CpuCores.of(alderLake.path(), 24, false, () -> 0)).isEqualTo(new CpuCores(24, 16, 8, 0, 0));
        alderLake.file("proc/self/status", "Cpus_allowed_list:\t0-3,16-19\n");
        assertThat(CpuCores.of(alderLake.path(), 8, false, () -> 0).threads()).isEqualTo(2);
        alderLake.file("proc/self/status", "Cpus_allowed_list:\t16-19\n");
        assertThat(CpuCores.of(alderLake.path(), 4, false, () -> 0)).isEqualTo(new CpuCores(4, 4, 4, 0, 0));
    }

    @Test
    void coresWithoutCapacities_areComparedByTheirFrequency() {
        FakeRoot phone = machine(folder.resolve("phone"), 1, 1, 1, 1);
        for (int cpu = 0; cpu < 4; cpu++) {
            phone.file(
                    "sys/devices/system/cpu/cpu" + cpu + "/cpufreq/cpuinfo_max_freq",
                    cpu == 0 ? "2400000\n" : cpu == 1 ? "1800000\n" : "1000000\n");
        }
        assertThat(CpuCores.of(phone.path(), 4, false, () -> 0)).isEqualTo(new CpuCores(4, 4, 2, 0, 0));
        phone.file("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "");
        assertThat(CpuCores.of(phone.path(), 4, false, () -> 0).threads()).isEqualTo(4);
    }

    @Test
    void serverWithTwoNodes_isolated_countsTheCoresOfTheSmallerOne() {
        FakeRoot server = machine(folder.resolve("server"), 2, 2, 2, 2, 2)
                .file("sys/devices/system/node/online", "0-2\n")
                .file("sys/devices/system/node/node0/cpulist", "0-5\n")
                .file("sys/devices/system/node/node1/cpulist", "6-9\n")
                .file("sys/devices/system/node/node2/cpulist", "\n");
        assertThat(CpuCores.of(server.path(), 10, false, () -> 0)).isEqualTo(new CpuCores(10, 5, 5, 0, 0));
        assertThat(CpuCores.of(server.path(), 10, true, () -> 0)).isEqualTo(new CpuCores(10, 5, 5, 0, 2));
        server.file("proc/self/status", "Cpus_allowed_list:\t0-5\n");
        assertThat(CpuCores.of(server.path(), 6, true, () -> 0).threads()).isEqualTo(3);
    }

    @Test
    void coresOfTwoKinds_fastOnesCount() {
        root.file("sys/devices/cpu_core/cpus", "0-1,4-5\n");
        assertThat(threads(8)).isEqualTo(2);
    }

    @Test
    void coresOfTwoCapacities_slowOnesDoNotCount() {
        for (int cpu = 0; cpu < 8; cpu++) {
            root.file(
                    "sys/devices/system/cpu/cpu" + cpu + "/cpu_capacity",
                    cpu % 4 == 0 ? "1024\n" : cpu % 4 == 1 ? "870\n" : "446\n");
        }
        assertThat(threads(8)).isEqualTo(2);
    }

    @Test
    void thisMachine_hasOneOrMore() {
        assertThat(CpuCores.ofMachine().threads())
                .isBetween(1, Runtime.getRuntime().availableProcessors());
    }
}
