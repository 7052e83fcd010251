package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tokapu.exception.ContextCreationException;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.exception.DeviceMemoryException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever goes in, a typed exception with a helpful message comes out, and the JVM goes on working. */
class SafetyIT {

    @AfterEach
    void jvmStillWorks() {
        try (Model model = TestModels.tiny();
                Context context = model.newContext(TestModels.small().build())) {
            assertThat(context.decode(new Batch(1).add(3, 0, 0, true))).isEqualTo(DecodeStatus.OK);
        }
    }

    @Test
    void decode_64TokensInto32_saysWhatToDo() {
        try (Model model = TestModels.tiny();
                Context context =
                        model.newContext(TestModels.small().batchSize(32).build())) {
            Batch batch = new Batch(64).addAll(new int[64], 0, 0);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.decode(batch))
                    .withMessageContaining("64 tokens")
                    .withMessageContaining("32")
                    .withMessageContaining("ContextOptions.batchSize");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1_000_000, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void tokens_outOfRange_areNamed(int token) {
        try (Model model = TestModels.tiny();
                Context context = model.newContext(TestModels.small().build())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.decode(new Batch(1).add(token, 0, 0, true)))
                    .withMessageContaining("token " + token);
            assertThatIllegalArgumentException().isThrownBy(() -> model.vocab().text(token));
            assertThatIllegalArgumentException().isThrownBy(() -> model.vocab().detokenize(3, token));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2, 256, Integer.MAX_VALUE})
    void sequences_outOfRange_areNamed(int sequence) {
        try (Model model = TestModels.tiny();
                Context context =
                        model.newContext(TestModels.small().maxSequences(2).build())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.decode(new Batch(1).add(3, 0, sequence, true)))
                    .withMessageContaining("sequence " + sequence)
                    .withMessageContaining("maxSequences");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.kvCache().remove(sequence, 0, -1));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.kvCache().copy(0, sequence, -1, -1));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.kvCache().keep(sequence));
        }
    }

    @Test
    void decode_oddPositions_areRefused() {
        try (Model model = TestModels.tiny();
                Context context = model.newContext(TestModels.small().build())) {
            context.decode(new Batch(2).addAll(new int[] {3, 4}, 0, 0));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.decode(new Batch(1).add(3, 7, 0, true)))
                    .withMessageContaining("decode");
            assertThat(context.decode(new Batch(1).add(3, 2, 0, true))).isEqualTo(DecodeStatus.OK);
        }
    }

    @Test
    void logits_notAskedFor_areRefused() {
        try (Model model = TestModels.tiny();
                Context context = model.newContext(TestModels.small().build())) {
            assertThatIllegalStateException().isThrownBy(() -> context.outputs().logits(0));
            context.decode(new Batch(3).addAll(new int[] {3, 4, 5}, 0, 0));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.outputs().logits(0))
                    .withMessageContaining("output");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.outputs().logits(3));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.outputs().logits(-2));
            assertThat(context.outputs().logits(2)).isEqualTo(context.outputs().logits(-1));
            context.decode(new Batch(1).add(3, 3, 0, false));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.outputs().logits(-1))
                    .withMessageContaining("any token");
        }
    }

    @Test
    void embeddings_contextWithoutThem_areRefused() {
        try (Model model = TestModels.tiny();
                Context context = model.newContext(TestModels.small().build())) {
            context.decode(new Batch(1).add(3, 0, 0, true));
            assertThatIllegalStateException()
                    .isThrownBy(() -> context.outputs().embeddings(0))
                    .withMessageContaining("ContextOptions.embeddings");
            assertThatIllegalStateException().isThrownBy(() -> context.outputs().sequenceEmbeddings(0));
        }
    }

    @Test
    void prompt_longerThanContext_throwsOverflow() {
        try (Model model = TestModels.tiny();
                Context context = model.newContext(TestModels.small().build())) {
            int size = context.info().contextSize();
            Batch batch = new Batch(size + 1);
            for (int position = 0; position < size; position += 128) {
                int count = Math.min(128, size - position);
                context.decode(batch.clear().addAll(new int[count], position, 0));
            }
            assertThatExceptionOfType(ContextOverflowException.class)
                    .isThrownBy(() -> context.decode(batch.clear().add(3, size, 0, true)))
                    .satisfies(e -> assertThat(e.promptTokens()).isEqualTo(size + 1))
                    .satisfies(e -> assertThat(e.contextSize()).isEqualTo(size))
                    .withMessageContaining("ContextOptions.contextSize");
            context.kvCache().remove(0, 0, 64);
            context.kvCache().shift(0, 64, -1, -64);
            assertThat(context.decode(batch.clear().add(3, size - 64, 0, true))).isEqualTo(DecodeStatus.OK);
        }
    }

    @Test
    void decode_sharedCacheFull_isNoKvSlot() {
        ContextOptions options = TestModels.small()
                .maxSequences(2)
                .kvCache(kv -> kv.unified(true))
                .build();
        try (Model model = TestModels.tiny();
                Context context = model.newContext(options)) {
            int size = context.info().contextSize();
            context.decode(new Batch(size).addAll(new int[size - 10], 0, 0));
            Batch second = new Batch(20).addAll(new int[20], 0, 1);
            assertThat(context.decode(second)).isEqualTo(DecodeStatus.NO_KV_SLOT);
            assertThat(context.kvCache().maxPosition(1)).isEqualTo(-1);
            assertThat(context.kvCache().maxPosition(0)).isEqualTo(size - 11);
        }
    }

    @Test
    void context_impossibleSize_throws() {
        // On the CPU: a large GPU and its host may have the memory.
        ModelOptions onCpu = ModelOptions.builder().gpuLayers(0).build();
        try (Model model = Model.load(TestModels.tinyFile(), onCpu)) {
            assertThatExceptionOfType(DeviceMemoryException.class)
                    .isThrownBy(() -> model.newContext(TestModels.small()
                            .contextSize(Integer.MAX_VALUE - 512)
                            .build()))
                    .withMessageContaining("Fit.of()");
            assertThatExceptionOfType(ContextCreationException.class)
                    .isThrownBy(() -> model.newContext(TestModels.small()
                            .contextSize(256)
                            .batchSize(8)
                            .maxSequences(64)
                            .build()));
        }
    }

    @Test
    void vocabOnly_newContext_saysWhy() {
        try (Model model = Model.load(
                TestModels.tinyFile(), ModelOptions.builder().vocabOnly(true).build())) {
            assertThat(model.vocab().tokenize("a")).isNotEmpty();
            assertThatIllegalStateException().isThrownBy(model::newContext).withMessageContaining("vocabOnly");
        }
    }

    @Test
    void sharedToken_separateBuffers_isUnsupported() {
        try (Model model = TestModels.tiny();
                Context context =
                        model.newContext(TestModels.small().maxSequences(2).build())) {
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> context.decode(new Batch(1).add(3, 0, true, 0, 1)))
                    .withMessageContaining("kv_unified");
        }
    }
}
