package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tokapu.testsupport.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A JVM in a control group of 400 MiB. It is assumed and not asserted that one can be made: only root may, and most containers mount
 * control groups read-only. {@code HostMemoryTest} reads the limits from files of its own and {@code MemoryCheckIT} refuses with such limits,
 * on every machine.
 */
class ContainerIT {

    private static final long LIMIT = 400L << 20;

    private Path group;

    /** Below the topmost group, as only that may hold processes and groups in version 2. */
    private void makeGroup() throws IOException {
        String name = "tokapu-test-" + ProcessHandle.current().pid();
        Path first = Path.of("/sys/fs/cgroup/memory");
        Path second = Path.of("/sys/fs/cgroup");
        try {
            if (Files.exists(first.resolve("memory.limit_in_bytes"))) {
                group = Files.createDirectory(first.resolve(name));
                Files.writeString(group.resolve("memory.limit_in_bytes"), "" + LIMIT);
            } else if (Files.exists(second.resolve("cgroup.controllers"))) {
                group = Files.createDirectory(second.resolve(name));
                Files.writeString(group.resolve("memory.max"), "" + LIMIT);
                Files.writeString(group.resolve("memory.swap.max"), "0");
            }
        } catch (IOException e) {
            assumeTrue(false, "may not make control groups: " + e);
        }
        assumeTrue(group != null, "this machine has no control groups");
    }

    @AfterEach
    void removeGroup() throws IOException {
        if (group != null) {
            Files.deleteIfExists(group);
        }
    }

    @Test
    void contextBeyondTheLimit_isAnException_notADeath() throws IOException {
        makeGroup();
        ChildJvm.Result result = new ChildJvm(ContainerChild.class)
                .option("-Xmx64m")
                .through("sh", "-c", "echo $$ > " + group.resolve("cgroup.procs") + " && exec \"$@\"", "sh")
                .run(TestModels.tinyFile().toString(), "10000000", "16384", "2000000000");
        assertThat(result.exit()).as(result.err() + result.out()).isZero();
        assertThat(result.out().lines())
                .hasSize(8)
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("default 512"),
                        line -> assertThat(line)
                                .contains("10000000 tokens", "may use 400.0 MiB", "smaller contextSize", "=false"),
                        line -> assertThat(line).isEqualTo("made 16384"),
                        line -> assertThat(line).contains("2000000000 tokens", "may use 400.0 MiB"),
                        line -> assertThat(line).contains("and 64 sequences", "may use 400.0 MiB"),
                        line -> assertThat(line).isEqualTo("total " + LIMIT + " fits true"),
                        line -> assertThat(line).isEqualTo("fits false"),
                        line -> assertThat(line)
                                .startsWith("fits trueA limit counts as the host's memory: the control"));
    }
}
