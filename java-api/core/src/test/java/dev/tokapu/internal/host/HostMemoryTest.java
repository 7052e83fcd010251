package dev.tokapu.internal.host;

import static dev.tokapu.internal.host.FakeRoot.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostMemoryTest {

    private static final String V2 = "sys/fs/cgroup/";
    private static final String V1 = "sys/fs/cgroup/memory/";

    @TempDir
    Path folder;

    private FakeRoot root;

    @BeforeEach
    void newRoot() {
        root = new FakeRoot(folder).machine();
    }

    private HostMemory read() {
        return HostMemory.of(folder);
    }

    private static HostMemory of(long total, long available, long reachable, HostMemory.Limit limit) {
        return new HostMemory(total * MIB, available * MIB, reachable * MIB, limit);
    }

    @Test
    void noControlGroups_isTheMachine() {
        assertThat(read()).isEqualTo(of(8192, 6144, 8192, null)); // 7 GiB free or droppable, and 1 GiB of swap
        assertThat(read().reason())
                .isEqualTo(
                        "this machine has 8192.0 MiB, of which 8192.0 MiB can be had (swap and what can be dropped included)");
    }

    @Test
    void nothingTold_isNoLimit() {
        HostMemory memory = HostMemory.of(folder.resolve("empty"));
        assertThat(memory.available()).isEqualTo(Long.MAX_VALUE);
        assertThat(memory.reachable()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void second_limit_countsFilesAsFree() {
        root.second("/", "/")
                .file(V2 + "memory.max", "" + 512 * MIB)
                .file(V2 + "memory.high", "max\n")
                .file(V2 + "memory.current", "" + 300 * MIB)
                .file(V2 + "memory.swap.max", "0\n")
                .file(
                        V2 + "memory.stat",
                        "anon 1\nfile 2\ninactive_file " + 100 * MIB + "\nactive_file " + 50 * MIB
                                + "\nslab_reclaimable " + 6 * MIB + "\n");
        HostMemory.Limit limit = new HostMemory.Limit("/", 512 * MIB, 144 * MIB);
        assertThat(read()).isEqualTo(of(512, 368, 368, limit));
        assertThat(read().reason())
                .isEqualTo("the control group / of this process (a container, a service) may use"
                        + " 512.0 MiB and uses 144.0 MiB, so that 368.0 MiB can be had");
    }

    @Test
    void second_high_limitsAsMaxDoes() {
        root.second("/a.slice/b.service", "/")
                .file(V2 + "a.slice/b.service/memory.max", "" + 2048 * MIB)
                .file(V2 + "a.slice/b.service/memory.high", "" + 1024 * MIB)
                .file(V2 + "a.slice/b.service/memory.current", "" + 24 * MIB)
                .file(V2 + "a.slice/b.service/memory.swap.max", "0");
        HostMemory.Limit limit = new HostMemory.Limit("/a.slice/b.service", 1024 * MIB, 24 * MIB);
        assertThat(read()).isEqualTo(of(1024, 1000, 1000, limit));
    }

    @Test
    void second_parent_limitsItsChildren() {
        root.second("/kubepods/pod1/c1", "/")
                .file(V2 + "kubepods/pod1/c1/memory.max", "max")
                .file(V2 + "kubepods/pod1/c1/memory.current", "" + MIB)
                .file(V2 + "kubepods/pod1/memory.max", "" + 256 * MIB)
                .file(V2 + "kubepods/pod1/memory.current", "" + 56 * MIB)
                .file(V2 + "kubepods/pod1/memory.swap.max", "0")
                .file(V2 + "kubepods/memory.max", "" + 4096 * MIB);
        HostMemory.Limit limit = new HostMemory.Limit("/kubepods/pod1", 256 * MIB, 56 * MIB);
        assertThat(read()).isEqualTo(of(256, 200, 200, limit));
    }

    @Test
    void second_swap_canBeHadAndIsNotAvailable() {
        root.second("/", "/")
                .file(V2 + "memory.max", "" + 512 * MIB)
                .file(V2 + "memory.current", "" + 12 * MIB)
                .file(V2 + "memory.swap.max", "" + 200 * MIB)
                .file(V2 + "memory.swap.current", "" + 50 * MIB);
        assertThat(read()).isEqualTo(of(512, 500, 650, new HostMemory.Limit("/", 512 * MIB, 12 * MIB)));
    }

    @Test
    void second_limitAboveTheMachine_changesNothing() {
        root.second("/", "/").file(V2 + "memory.max", "" + 65_536 * MIB).file(V2 + "memory.current", "0");
        assertThat(read()).isEqualTo(of(8192, 6144, 8192, null));
    }

    /** Docker without a namespace of its own: the path is the host's, the mount shows the group at its top. */
    @Test
    void first_mountOfTheGroup_isFound() {
        root.first("/docker/abc", "/docker/abc")
                .file(V1 + "memory.limit_in_bytes", "" + 512 * MIB)
                .file(V1 + "memory.usage_in_bytes", "" + 212 * MIB)
                .file(V1 + "memory.memsw.limit_in_bytes", "" + 612 * MIB)
                .file(
                        V1 + "memory.stat",
                        "inactive_file 1\ntotal_inactive_file " + 100 * MIB + "\ntotal_active_file " + 12 * MIB
                                + "\ntotal_swap " + 40 * MIB + "\nhierarchical_memory_limit "
                                + 9_223_372_036_854_771_712L
                                + "\n");
        assertThat(read()).isEqualTo(of(512, 412, 472, new HostMemory.Limit("/", 512 * MIB, 100 * MIB)));
    }

    @Test
    void first_parentThatIsNotSeen_limits() {
        root.first("/", "/")
                .file(V1 + "memory.limit_in_bytes", "9223372036854771712")
                .file(V1 + "memory.usage_in_bytes", "" + 100 * MIB)
                .file(
                        V1 + "memory.stat",
                        "hierarchical_memory_limit " + 400 * MIB + "\nhierarchical_memsw_limit " + 400 * MIB + "\n");
        assertThat(read()).isEqualTo(of(400, 300, 300, new HostMemory.Limit("/", 400 * MIB, 100 * MIB)));
    }

    @Test
    void pathOutsideOfTheMount_isItsTop() {
        root.second("/../../elsewhere", "/")
                .file(V2 + "memory.max", "" + 512 * MIB)
                .file(V2 + "memory.current", "0")
                .file(V2 + "memory.swap.max", "0");
        assertThat(read().total()).isEqualTo(512 * MIB);
    }

    @Test
    void mountWithBlank_isFound() {
        root.file("proc/self/cgroup", "0::/\n")
                .file("proc/self/mountinfo", "29 23 0:26 / /c\\040g rw - cgroup2 none rw\n")
                .file("c g/memory.max", "" + 512 * MIB);
        assertThat(read().total()).isEqualTo(512 * MIB);
    }

    @Test
    void nonsense_isIgnored() {
        root.second("/", "/")
                .file("proc/meminfo", "MemTotal:\nMemAvailable: many kB\n")
                .file(V2 + "memory.max", "-\n")
                .file(V2 + "memory.current", "");
        assertThat(read().total()).isEqualTo(Long.MAX_VALUE);
        root.file("proc/self/mountinfo", "garbage\n29 23 0:26 - -\n");
        assertThat(read().total()).isEqualTo(Long.MAX_VALUE);
    }
}
