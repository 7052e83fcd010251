package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FittingTest {

    /** An estimate with small windows was less than what an engine takes. */
    @Test
    void contextOfHeads_hasTheSettingsOfAnEngines() {
        ContextOptions model = ContextOptions.builder()
                .contextSize(512)
                .outputsMax(4)
                .recurrentSnapshots(3)
                .kvCache(kv -> kv.swaFull(false))
                .build();
        ContextOptions heads = Fitting.ofHeads(model);
        assertThat(heads.contextSize()).isEqualTo(512);
        assertThat(heads.outputsMax()).isZero();
        assertThat(heads.recurrentSnapshots()).isZero();
        assertThat(heads.kvCache().swaFull()).isTrue();
    }
}
