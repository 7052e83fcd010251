package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessorsIT {

    @Test
    void processors_thisMachine_explainTheDefaultThreads() {
        Tokapu.Processors found = Tokapu.processors();
        assertThat(found.count()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(found.performanceCores()).isNotNegative();
        if (found.cores() > 0) {
            assertThat(found.performanceCores()).isLessThanOrEqualTo(found.cores());
        }
        assertThat(found.nodes()).isPositive();
        assertThat(found.numa()).isEqualTo("none");
        assertThat(ContextOptions.defaults().threads()).isEqualTo(found.threads());
    }
}
