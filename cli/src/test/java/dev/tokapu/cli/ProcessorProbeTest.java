package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Tokapu;
import org.junit.jupiter.api.Test;

class ProcessorProbeTest {

    @Test
    void lines_coresOfTwoKinds_nameThem() {
        assertThat(ProcessorProbe.lines(new Tokapu.Processors(24, 16, 8, 0, 1, "none", 8)))
                .containsExactly(
                        "24, physical cores: 16, performance cores: 8; no quota of a control group",
                        "NUMA nodes: 1, --numa none",
                        "threads that compute by default: 8, the performance cores");
    }

    @Test
    void lines_quota_isTheReason() {
        assertThat(ProcessorProbe.lines(new Tokapu.Processors(2, 4, 4, 2, 1, "none", 2)))
                .containsExactly(
                        "2, physical cores: 4; the quota of a control group is worth 2",
                        "NUMA nodes: 1, --numa none",
                        "threads that compute by default: 2, the quota");
    }

    @Test
    void lines_severalNodes_sayWhereToRead() {
        assertThat(ProcessorProbe.lines(new Tokapu.Processors(64, 32, 32, 0, 2, "none", 32)))
                .contains("NUMA nodes: 2, --numa none, see docs/containers.md");
        assertThat(ProcessorProbe.lines(new Tokapu.Processors(64, 32, 32, 0, 2, "isolate", 16)))
                .contains("NUMA nodes: 2, --numa isolate", "threads that compute by default: 16, the cores of a node");
    }

    @Test
    void lines_nothingKnown_countProcessors() {
        assertThat(ProcessorProbe.lines(new Tokapu.Processors(3, 0, 0, 0, 1, "none", 3)))
                .containsExactly(
                        "3, of unknown cores; no quota of a control group",
                        "NUMA nodes: 1, --numa none",
                        "threads that compute by default: 3, the processors");
    }
}
