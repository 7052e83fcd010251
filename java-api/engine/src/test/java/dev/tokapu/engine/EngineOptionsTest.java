package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.AdaptiveThreads;
import dev.tokapu.ContextOptions;
import dev.tokapu.device.Device;
import dev.tokapu.device.DeviceType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineOptionsTest {

    private static final long GIB = 1L << 30;

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
                .interTokenLatencyTarget(Duration.ofMillis(40))
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
        List<Device> gpu = List.of(device(1, DeviceType.GPU, 16 * GIB, 15 * GIB));
        assertThat(OptionsResolver.takesLargeMicroBatch(options, gpu)).isTrue();
        assertThat(OptionsResolver.context(options, true).microBatchSize()).isEqualTo(2048);
        assertThat(OptionsResolver.takesLargeMicroBatch(options, List.of())).isFalse();
        assertThat(OptionsResolver.context(options, false).microBatchSize()).isEqualTo(512);
        EngineOptions small = OptionsResolver.withSmallMicroBatch(options);
        assertThat(OptionsResolver.takesLargeMicroBatch(small, gpu)).isFalse();
        assertThat(small.context().microBatchSize()).isEqualTo(512);
        ContextOptions embeds = ContextOptions.builder().embeddings(true).build();
        assertThat(OptionsResolver.takesLargeMicroBatch(
                        options.toBuilder().context(embeds).build(), gpu))
                .isFalse();
    }

    @Test
    void microBatchSize_onAGpuWithoutMemoryOfItsOwn_staysSmall() {
        Device own = device(1, DeviceType.GPU, 16 * GIB, 15 * GIB);
        Device shared = device(2, DeviceType.IGPU, 16 * GIB, 15 * GIB);
        assertThat(OptionsResolver.takesLargeMicroBatch(EngineOptions.defaults(), List.of(shared)))
                .isFalse();
        assertThat(OptionsResolver.takesLargeMicroBatch(EngineOptions.defaults(), List.of(own, shared)))
                .isFalse();
    }

    private static Device device(int index, DeviceType type, long total, long free) {
        return new Device(index, "GPU" + index, "Vulkan", "Fake GPU", type, "", total, free, "", "");
    }

    @Test
    void hasRoom_ofTheDevicesInUse_isWhatKernelsTake() {
        List<Device> used = List.of(device(1, DeviceType.GPU, 16 * GIB, 15 * GIB));
        assertThat(EngineContexts.hasRoom(used, List.of(device(1, DeviceType.GPU, 16 * GIB, GIB))))
                .isTrue();
        assertThat(EngineContexts.hasRoom(used, List.of(device(1, DeviceType.GPU, 16 * GIB, GIB - 1))))
                .isFalse();
        assertThat(EngineContexts.hasRoom(used, List.of(device(1, DeviceType.GPU, 4 * GIB, GIB / 2))))
                .as("an eighth of a small memory")
                .isTrue();
        List<Device> others =
                List.of(device(1, DeviceType.GPU, 16 * GIB, 2 * GIB), device(2, DeviceType.GPU, 16 * GIB, 0));
        assertThat(EngineContexts.hasRoom(used, others))
                .as("nothing is computed on the other one")
                .isTrue();
    }

    @Test
    void build_badValues_throw() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EngineOptions.builder().maxSequences(65_537).build())
                .withMessageContaining("maxSequences");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EngineOptions.builder().maxDecodeSlowdown(1).build())
                .withMessageContaining("maxDecodeSlowdown is 1.0; it must be 1.1 or more");
        for (long millis : new long[] {-1, 60_001, Long.MAX_VALUE}) {
            Duration target = Duration.ofMillis(millis);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> EngineOptions.builder()
                            .interTokenLatencyTarget(target)
                            .build())
                    .withMessageContaining("interTokenLatencyTarget is " + target + "; it must be 0 to 1 minute");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EngineOptions.builder().aging(Duration.ZERO).build())
                .withMessageContaining("aging");
    }
}
