package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tokapu.internal.natives.MetadataOverrides;
import dev.tokapu.spi.ContextOptionF;
import dev.tokapu.spi.ContextOptionI;
import dev.tokapu.spi.ModelOptionI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptionsTest {

    @Test
    void contextOptions_builder_changesWhatItIsTold() {
        ContextOptions options = ContextOptions.builder()
                .contextSize(2048)
                .threads(2)
                .kvCache(kv -> kv.keyType(KvType.Q8_0))
                .rope(RopeOptions.builder()
                        .scaling(RopeScaling.YARN)
                        .freqScale(0.5)
                        .build())
                .build();
        assertThat(options.contextSize()).isEqualTo(2048);
        assertThat(options.batchSize()).isEqualTo(2048);
        assertThat(options.toBuilder().build()).isEqualTo(options);
        long[] ints = ContextOptionArrays.ints(options, 512);
        assertThat(ints[ContextOptionI.N_CTX]).isEqualTo(2048);
        assertThat(ints[ContextOptionI.N_THREADS]).isEqualTo(2);
        assertThat(ints[ContextOptionI.TYPE_K]).isEqualTo(8);
        assertThat(ints[ContextOptionI.ROPE_SCALING_TYPE]).isEqualTo(2);
        assertThat(options.rope().floatsToNative()[ContextOptionF.ROPE_FREQ_SCALE])
                .isEqualTo(0.5);
    }

    @Test
    void contextOptions_autoSize_isTrainedSizeUpToLimit() {
        ContextOptions options = ContextOptions.defaults();
        assertThat(ContextOptionArrays.ints(options, 512)[ContextOptionI.N_CTX]).isEqualTo(512);
        assertThat(ContextOptionArrays.ints(options, 131_072)[ContextOptionI.N_CTX])
                .isEqualTo(4096);
        assertThat(ContextOptionArrays.ints(options.toBuilder().contextSize(0).build(), 131_072)[ContextOptionI.N_CTX])
                .isZero();
        assertThat(options.threads()).isBetween(1, Runtime.getRuntime().availableProcessors());
    }

    @Test
    void contextOptions_threadsThatAreSet_doNotAdapt() {
        assertThat(ContextOptions.defaults().adaptiveThreads()).isEqualTo(AdaptiveThreads.AUTO);
        assertThat(ContextOptions.builder().threads(2).build().adaptiveThreads())
                .isEqualTo(AdaptiveThreads.DISABLED);
        assertThat(ContextOptions.builder().batchThreads(2).build().adaptiveThreads())
                .isEqualTo(AdaptiveThreads.DISABLED);
        ContextOptions most = ContextOptions.builder()
                .threads(2)
                .adaptiveThreads(AdaptiveThreads.ENABLED)
                .build();
        assertThat(most.adaptiveThreads()).isEqualTo(AdaptiveThreads.ENABLED);
        assertThat(most.toBuilder().build()).isEqualTo(most);
        assertThat(most.toBuilder().threads(2).build()).isNotEqualTo(most);
    }

    @Test
    void contextOptions_microBatchSize_isOpenUntilItIsSet() {
        ContextOptions open = ContextOptions.defaults();
        assertThat(open.microBatchSize()).isEqualTo(512);
        assertThat(open.isMicroBatchSizeOpen()).isTrue();
        assertThat(open.toBuilder().build()).isEqualTo(open);
        ContextOptions set = open.toBuilder().microBatchSize(512).build();
        assertThat(set.isMicroBatchSizeOpen()).isFalse();
        assertThat(set).isNotEqualTo(open);
        assertThat(set.toBuilder().build()).isEqualTo(set);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ContextOptions.builder()
                        .microBatchSize(Integer.MIN_VALUE)
                        .build())
                .withMessageContaining("microBatchSize is -2147483648");
    }

    @Test
    void contextOptions_badValues_areRefused() {
        ContextOptions.Builder builder = ContextOptions.builder();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.contextSize(-2).build())
                .withMessageContaining("contextSize is -2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ContextOptions.builder().batchSize(0).build())
                .withMessageContaining("batchSize is 0; it must be 1 or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ContextOptions.builder().maxSequences(257).build())
                .withMessageContaining("1 to 256");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ContextOptions.builder().threads(0).build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ContextOptions.builder().poll(101).build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ContextOptions.builder()
                        .kvCache(kv -> kv.valueType(KvType.Q4_0))
                        .flashAttention(FlashAttention.DISABLED)
                        .build())
                .withMessageContaining("flash attention");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RopeOptions.builder().freqBase(Float.NaN).build())
                .withMessageContaining("freqBase is NaN");
    }

    @Test
    void modelOptions_overrides_becomeKeyTypeValue() {
        ModelOptions options = ModelOptions.builder()
                .metadataOverrides(Map.of("general.name", "x"))
                .loadMode(LoadMode.NONE)
                .build();
        assertThat(MetadataOverrides.toNative(options.metadataOverrides()))
                .isEqualTo("general.name\0003\000x\000".getBytes(StandardCharsets.UTF_8));
        assertThat(ModelCalls.numbers(options, List.of())[ModelOptionI.LOAD_MODE])
                .isZero();
        assertThat(types(1, 2L, 0.5, 0.5f, true)).containsExactly("0", "0", "1", "1", "2");
        assertThat(options.toBuilder().build()).isEqualTo(options);
    }

    private static List<String> types(Object... values) {
        return Arrays.stream(values)
                .map(value -> ModelOptions.builder()
                        .metadataOverrides(Map.of("k", value))
                        .build())
                .map(options ->
                        new String(MetadataOverrides.toNative(options.metadataOverrides()), StandardCharsets.UTF_8))
                .map(text -> text.split("\0", -1)[1])
                .toList();
    }

    @Test
    void modelOptions_badOverrides_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelOptions.builder()
                        .metadataOverrides(Map.of("k", List.of()))
                        .build())
                .withMessageContaining("metadata override k");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelOptions.builder()
                        .metadataOverrides(Map.of("k", "y".repeat(128)))
                        .build())
                .withMessageContaining("128 bytes");
    }

    @Test
    void batch_full_saysWhatToDo() {
        Batch batch = new Batch(2).add(1, 0, 0, false).add(2, 1, 0, true);
        assertThat(batch.size()).isEqualTo(2);
        assertThatIllegalStateException()
                .isThrownBy(() -> batch.add(3, 2, 0, true))
                .withMessageContaining("full with 2 tokens");
        assertThatIllegalStateException()
                .isThrownBy(() -> batch.clear().addAll(new int[3], 0, 0))
                .withMessageContaining("room for 2 more tokens of 2, not for 3");
        assertThat(batch.size()).isZero();
    }

    @Test
    void batch_badValues_areRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Batch(0)).withMessageContaining("capacity");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Batch(1).add(1, -1, 0, true))
                .withMessageContaining("position is -1");
        assertThatIllegalArgumentException().isThrownBy(() -> new Batch(1).add(1, 0, true));
        assertThatIllegalStateException()
                .isThrownBy(() -> new Batch(1).addEmbedding(new float[4], 0, 0, true))
                .withMessageContaining("Batch.ofEmbeddings");
        assertThatIllegalStateException()
                .isThrownBy(() -> Batch.ofEmbeddings(1, 4).add(1, 0, 0, true));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Batch.ofEmbeddings(1, 4).addEmbedding(new float[3], 0, 0, true))
                .withMessageContaining("3 floats");
    }

    @Test
    void batch_tokenOfManySequences_growsList() {
        Batch batch = new Batch(1).add(1, 0, true, 0, 1, 2, 3, 4);
        assertThat(batch.sequencesUsed()).isEqualTo(5);
        assertThat(batch.sequenceCounts()[0]).isEqualTo(5);
    }
}
