package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.spi.ModelInfoKey;
import org.junit.jupiter.api.Test;

class FittingTest {

    /** A model with heads was placed a layer off: llama.cpp counts those of devices from the last head on. */
    @Test
    void layers_ofAModelWithHeads_countThem() {
        long[] info = new long[ModelInfoKey.COUNT];
        info[ModelInfoKey.N_LAYER] = 46;
        assertThat(Fitting.layers(info)).isEqualTo(47);
        info[ModelInfoKey.N_LAYER_NEXTN] = 1;
        assertThat(Fitting.layers(info)).isEqualTo(48);
    }

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
