package dev.tokapu.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.LoraSet;
import org.junit.jupiter.api.Test;

class AdapterGroupsTest {

    @Test
    void number_withoutAdapters_isAlwaysTheSame() {
        AdapterGroups adapters = new AdapterGroups();
        assertThat(adapters.number(LoraSet.NONE)).isZero();
        adapters.release(0);
        assertThat(adapters.set(0)).isEqualTo(LoraSet.NONE);
        assertThat(adapters.size()).isZero();
    }

    @Test
    void set_unknownNumber_isRefused() {
        assertThatThrownBy(() -> new AdapterGroups().set(7))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("7");
    }
}
