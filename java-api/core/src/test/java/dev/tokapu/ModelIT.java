package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.device.Device;
import dev.tokapu.device.DeviceType;
import dev.tokapu.internal.natives.NativeRuntime;
import dev.tokapu.spi.ContextOptionF;
import dev.tokapu.spi.ContextOptionI;
import dev.tokapu.spi.ModelOptionI;
import dev.tokapu.spi.NativeApi;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelIT {

    @SmolModel
    private static Model smol;

    @Test
    void numbers_defaultModel_areThoseOfTheFile() {
        assertThat(smol.info().description()).contains("llama").contains("Q4_1");
        assertThat(smol.info().architecture()).isEqualTo("llama");
        assertThat(smol.info().name()).isPresent();
        assertThat(smol.info().fileType()).isEqualTo("Q4_1");
        assertThat(smol.info().parameterCount()).isBetween(130_000_000L, 170_000_000L);
        assertThat(smol.info().sizeInBytes()).isBetween(80_000_000L, 120_000_000L);
        assertThat(smol.info().trainedContextSize()).isGreaterThanOrEqualTo(2048);
        assertThat(smol.info().embeddingSize()).isEqualTo(576);
        assertThat(smol.info().inputEmbeddingSize()).isEqualTo(576);
        assertThat(smol.info().outputEmbeddingSize()).isEqualTo(576);
        assertThat(smol.info().layerCount()).isEqualTo(30);
        assertThat(smol.info().nextTokenLayerCount()).isZero();
        assertThat(smol.info().headCount()).isEqualTo(9);
        assertThat(smol.info().kvHeadCount()).isEqualTo(3);
        assertThat(smol.info().slidingWindow()).isZero();
        assertThat(smol.info().ropeType()).isEqualTo(RopeType.NORM);
    }

    @Test
    void flags_defaultModel_areThoseOfADecoder() {
        assertThat(smol.info().hasDecoder()).isTrue();
        assertThat(smol.info().hasEncoder()).isFalse();
        assertThat(smol.info().isRecurrent()).isFalse();
        assertThat(smol.info().isHybrid()).isFalse();
        assertThat(smol.info().isDiffusion()).isFalse();
        assertThat(smol.info().decoderStartToken()).isEmpty();
        assertThat(smol.hasChatTemplate()).isTrue();
        assertThat(smol.info().classifierLabels()).hasSize(smol.info().classifierOutputs());
    }

    @Test
    void metadata_defaultModel_hasTemplateAndTokens() {
        assertThat(smol.metadata())
                .containsEntry("general.architecture", "llama")
                .containsEntry("llama.block_count", "30")
                .hasEntrySatisfying(
                        "tokenizer.chat_template", text -> assertThat(text).contains("im_start"));
        assertThat(smol.metadata()).isUnmodifiable();
    }

    @Test
    void metadataOverrides_load_areUsed() {
        ModelOptions options = ModelOptions.builder()
                .metadataOverrides(Map.of("tokenizer.ggml.add_bos_token", true, "tokenizer.ggml.bos_token_id", 5))
                .build();
        try (Model model = Model.load(TestModels.tinyFile(), options)) {
            assertThat(model.vocab().specialTokens().bos()).hasValue(5);
            assertThat(model.vocab().tokenize("a")[0]).isEqualTo(5);
        }
    }

    @Test
    void loadModes_all_giveTheSameLogits() {
        float[] expected = null;
        for (LoadMode mode : new LoadMode[] {LoadMode.AUTO, LoadMode.NONE, LoadMode.MMAP, LoadMode.DIRECT_IO}) {
            for (boolean repack : new boolean[] {true, false}) {
                ModelOptions options =
                        ModelOptions.builder().loadMode(mode).repack(repack).build();
                try (Model model = Model.load(TestModels.tinyFile(), options);
                        Context context = model.newContext(TestModels.small().build())) {
                    context.decode(new Batch(3).addAll(new int[] {3, 4, 5}, 0, 0));
                    float[] logits = context.outputs().logits(-1);
                    assertThat(logits).isEqualTo(expected == null ? logits : expected);
                    expected = logits;
                }
            }
        }
    }

    @Test
    void checkTensors_goodFile_loads() {
        Model.load(
                        TestModels.tinyFile(),
                        ModelOptions.builder().checkTensors(true).build())
                .close();
    }

    @Test
    void defaults_options_areThoseOfLlama() {
        long[] modelOptions = new long[ModelOptionI.COUNT];
        NativeRuntime.api().models().defaults(modelOptions);
        Device gpu = new Device(1, "GPU0", "GPU", "a GPU", DeviceType.GPU, "", 1, 1, "", "");
        assertThat(ModelCalls.numbers(ModelOptions.defaults(), List.of(gpu))).isEqualTo(modelOptions);
        long[] ints = new long[ContextOptionI.COUNT];
        double[] floats = new double[ContextOptionF.COUNT];
        NativeRuntime.api().contexts().defaults(ints, floats);
        ContextOptions ours = ContextOptions.builder()
                .contextSize((int) ints[ContextOptionI.N_CTX])
                .threads((int) ints[ContextOptionI.N_THREADS])
                .batchThreads((int) ints[ContextOptionI.N_THREADS_BATCH])
                .build();
        assertThat(ContextOptionArrays.ints(ours, 512)).isEqualTo(ints);
        assertThat(ours.rope().floatsToNative()).isEqualTo(floats);
    }

    @Test
    void tokapu_facts_areThere() {
        assertThat(Tokapu.version()).isNotBlank();
        assertThat(Tokapu.llamaVersion()).isEqualTo(NativeApi.LLAMA_VERSION);
        assertThat(Tokapu.binding()).isEqualTo(System.getProperty("tokapu.binding", Tokapu.binding()));
        assertThat(Tokapu.nativeDirectory()).isDirectory();
        assertThat(Tokapu.systemInfo()).isNotBlank();
        assertThat(Tokapu.cpuVariants())
                .isNotEmpty()
                .allSatisfy(variant -> assertThat(variant.supported())
                        .isEqualTo(variant.reason().isEmpty()))
                .anySatisfy(variant -> {
                    assertThat(variant.name()).isEqualTo(Tokapu.cpuVariant());
                    assertThat(variant.supported()).isTrue();
                });
    }
}
