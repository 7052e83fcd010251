package dev.tokapu.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.schedule.Harness.State;
import dev.tokapu.internal.util.IntList;
import org.junit.jupiter.api.Test;

/** What host memory has of a prefix that is to be saved. */
class SavedBeginningTest {

    private static final int LENGTH = 40;

    private final PrefixScope scope = new PrefixScope("", "tenant");
    private final PrefixTiers tiers = new Harness(SchedulerConfig.builder(2, 64, 64)
                    .prefixCache(2, 4, true)
                    .host(1 << 20, false)
                    .build())
            .scheduler.tiers();

    @Test
    void beginning_isTheLongestOfTheSameTenant() {
        IntList tokens = new IntList();
        tokens.addAll(new int[LENGTH]);
        State shorter = new State(LENGTH / 4);
        State longer = new State(LENGTH / 2);
        SavedPrefix saved = new SavedPrefix(scope, tokens, LENGTH);
        assertThat(tiers.beginning(saved)).isNull();
        assertThat(tiers.add(scope, tokens, LENGTH / 4, shorter)).isTrue();
        assertThat(tiers.beginning(saved)).isSameAs(shorter);
        assertThat(tiers.add(scope, tokens, LENGTH / 2, longer)).isTrue();
        assertThat(tiers.beginning(saved)).isSameAs(longer);
        assertThat(tiers.beginning(new SavedPrefix(new PrefixScope("", "other"), tokens, LENGTH)))
                .isNull();
    }
}
