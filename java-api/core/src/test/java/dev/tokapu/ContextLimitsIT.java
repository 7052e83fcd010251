package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.tokapu.exception.ContextCreationException;
import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.testsupport.TinyMemoryGguf;
import dev.tokapu.testsupport.TinyPositionsGguf;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options that fit together in some ways only. */
class ContextLimitsIT {

    private static final int[] TEXT = {5, 9, 17, 33, 65, 129, 200, 12};

    @ParameterizedTest
    @CsvSource({"4, 4", "3, 4", "255, 256", "300, 256"})
    void newContext_asManySnapshotsAsAMicroBatchHasTokens_isRefused(
            int snapshots, int microBatch, @TempDir Path folder) {
        Path file = TinyGguf.write(folder.resolve("hybrid.gguf"), TinyMemoryGguf.HYBRID.bytes());
        try (Model model = Model.load(file)) {
            ContextOptions options = TestModels.small()
                    .recurrentSnapshots(snapshots)
                    .microBatchSize(microBatch)
                    .build();
            assertThatExceptionOfType(ContextCreationException.class)
                    .isThrownBy(() -> model.newContext(options))
                    .withMessageContaining("n_rs_seq is " + snapshots);
        }
    }

    @Test
    void decode_twoSnapshotsLessThanAMicroBatchHasTokens_works(@TempDir Path folder) {
        Path file = TinyGguf.write(folder.resolve("hybrid.gguf"), TinyMemoryGguf.HYBRID.bytes());
        try (Model model = Model.load(file);
                Context context = model.newContext(TestModels.small()
                        .recurrentSnapshots(2)
                        .microBatchSize(4)
                        .build())) {
            assertThat(context.decode(new Batch(TEXT.length).addAll(TEXT, 0, 0)))
                    .isEqualTo(DecodeStatus.OK);
        }
    }

    @ParameterizedTest
    @CsvSource({"512, 3, 0", "512, 3, 8", "100, 7, 0", "5, 3, 0", "2, 3, 0", "256, 5, 0", "255, 2, 100"})
    void newContext_meanOfSequencesThatDoNotDivideTheMicroBatch_works(int microBatch, int sequences, int outputs) {
        try (Model model = TestModels.tiny();
                Context context = model.newContext(TestModels.small()
                        .embeddings(true)
                        .pooling(Pooling.MEAN)
                        .maxSequences(sequences)
                        .microBatchSize(microBatch)
                        .outputsMax(outputs)
                        .build())) {
            assertThat(context.info().microBatchSize() % sequences).isZero();
            assertThat(context.decode(new Batch(3).addAll(new int[] {5, 9, 17}, 0, sequences - 1)))
                    .isEqualTo(DecodeStatus.OK);
            assertThat(context.outputs().sequenceEmbeddings(sequences - 1)).isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"ENCODER, 64, 3", "RANKING, 64, 7", "RANKING, 5, 3"})
    void newContext_encoderOfSequencesThatDoNotDivideTheMicroBatch_works(
            TinyPositionsGguf kind, int microBatch, int sequences, @TempDir Path folder) {
        Path file = TinyGguf.write(folder.resolve("encoder.gguf"), kind.bytes());
        try (Model model = Model.load(file);
                Context context = model.newContext(TestModels.small()
                        .embeddings(true)
                        .maxSequences(sequences)
                        .microBatchSize(microBatch)
                        .build())) {
            assertThat(context.info().microBatchSize()).isGreaterThanOrEqualTo(microBatch);
            assertThat(context.decode(new Batch(3).addAll(new int[] {5, 9, 17}, 0, sequences - 1)))
                    .isEqualTo(DecodeStatus.OK);
            assertThat(context.outputs().sequenceEmbeddings(sequences - 1)).isNotEmpty();
        }
    }

    @Test
    void newContext_moreThreadsThanProcessors_usesAsManyAsThereAre() {
        assertTimeoutPreemptively(Duration.ofMinutes(5), () -> {
            try (Model model = TestModels.tiny();
                    Context context = model.newContext(
                            TestModels.small().threads(512).batchThreads(300).build())) {
                assertThat(context.threads()).isLessThan(512).isEqualTo(context.batchThreads());
                context.setThreads(511, 299);
                assertThat(context.threads()).isEqualTo(context.batchThreads());
                for (int i = 0; i < 20; i++) {
                    assertThat(context.decode(new Batch(1).add(5, i, 0, true))).isEqualTo(DecodeStatus.OK);
                }
            }
        });
    }

    @Test
    void ofEmbeddings_moreThanAnArrayHolds_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Batch.ofEmbeddings(2147483646, 1073741824))
                .withMessageContaining("at most 1");
        assertThatIllegalArgumentException().isThrownBy(() -> Batch.ofEmbeddings(Integer.MAX_VALUE, 2));
    }
}
