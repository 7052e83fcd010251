package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.AdaptiveThreads;
import dev.tokapu.ContextOptions;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EngineOptionsTest {

    /** Every value differs from its default, so that a copy shows each one that it forgets. */
    @Test
    void toBuilder_keepsAllValues() {
        EngineOptions options = EngineOptions.builder()
                .context(ContextOptions.builder().threads(1).batchSize(64).build())
                .maxSequences(3)
                .sequenceContextSize(100)
                .kvLayout(KvCacheLayout.SPLIT)
                .queueCapacity(5)
                .maxDecodeSlowdown(2.5)
                .maxPrefillTokens(32)
                .aging(Duration.ofSeconds(1))
                .sampling(SamplingDevice.THREADS)
                .samplingThreads(2)
                .watchdog(Duration.ofSeconds(2))
                .listener(new EngineListener() {})
                .chatTemplate("{{ messages }}")
                .build();
        assertThat(options).isNotEqualTo(EngineOptions.defaults());
        assertThat(options.toBuilder().build()).isEqualTo(options).hasSameHashCodeAs(options);
        assertThat(options.toBuilder().queueCapacity(6).build()).isNotEqualTo(options);
        assertThat(options).asString().startsWith("EngineOptions[").contains("maxSequences=3", "aging=PT1S");
    }

    @Test
    void adaptiveThreads_ofSeveralSequences_areTheDefault() {
        EngineOptions several = EngineOptions.defaults();
        EngineOptions one = several.toBuilder().maxSequences(1).build();
        assertThat(OptionsResolver.context(several, false).adaptiveThreads()).isEqualTo(AdaptiveThreads.ENABLED);
        assertThat(OptionsResolver.context(one, false)).isEqualTo(one.context());
        ContextOptions fixed = ContextOptions.builder().threads(2).build();
        assertThat(OptionsResolver.context(several.toBuilder().context(fixed).build(), false))
                .isEqualTo(fixed);
    }

    @Test
    void microBatchSize_onAGpu_isLargeUnlessOneIsSet() {
        EngineOptions options = EngineOptions.defaults();
        assertThat(OptionsResolver.context(options, false).microBatchSize()).isEqualTo(512);
        assertThat(OptionsResolver.context(options, true).microBatchSize()).isEqualTo(2048);
        EngineOptions small = OptionsResolver.withSmallMicroBatch(options);
        assertThat(OptionsResolver.context(small, true).microBatchSize()).isEqualTo(512);
        ContextOptions embeds = ContextOptions.builder().embeddings(true).build();
        assertThat(OptionsResolver.context(options.toBuilder().context(embeds).build(), true)
                        .microBatchSize())
                .isEqualTo(512);
    }

    @Test
    void build_badValues_throw() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EngineOptions.builder().maxSequences(65_537).build())
                .withMessageContaining("maxSequences");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EngineOptions.builder().maxDecodeSlowdown(1).build())
                .withMessageContaining("maxDecodeSlowdown is 1.0; it must be 1.1 or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EngineOptions.builder().aging(Duration.ZERO).build())
                .withMessageContaining("aging");
    }
}
