package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.LoraSet;
import org.junit.jupiter.api.Test;

class AdaptersTest {

    @Test
    void number_withoutAdapters_isAlwaysTheSame() {
        Adapters adapters = new Adapters();
        assertThat(adapters.number(LoraSet.NONE)).isZero();
        adapters.release(0);
        assertThat(adapters.set(0)).isEqualTo(LoraSet.NONE);
        assertThat(adapters.size()).isZero();
    }

    @Test
    void set_unknownNumber_isRefused() {
        assertThatThrownBy(() -> new Adapters().set(7))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("7");
    }
}
