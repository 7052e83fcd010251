package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.device.MemoryReport;
import dev.tokapu.source.ModelSource;
import java.util.List;
import java.util.function.ToLongFunction;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** Contexts of MTP heads, and drafts by hand. */
class MtpContextIT {

    private static final ModelOptions WITH_HEADS =
            ModelOptions.builder().mtpHeads(true).build();

    @MtpModel
    private static Model model;

    private static Context target() {
        Context target = model.newContext(TestModels.small().build());
        target.setHiddenStates(true);
        return target;
    }

    private static Context heads() {
        return model.newMtpContext(TestModels.small().build());
    }

    /** The likeliest token of an output. */
    static int likeliest(Context context, int index) {
        float[] logits = context.outputs().logits(index);
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }

    /** A token is drafted before each step, and computed together with the one before it. */
    @Test
    void decode_draftsByHand_areMostlyWhatTheModelSays() {
        int right = 0;
        int drafted = 0;
        try (Context target = target();
                Context heads = heads()) {
            target.decode(new Batch(3).addAll(new int[] {5, 9, 17}, 0, 0));
            heads.decode(new Batch(2).addAll(new int[] {9, 17}, 1, 0), target, new int[] {0, 1});
            int last = likeliest(target, -1);
            int row = 2; // of the token before it
            for (int position = 3; position < 60; ) {
                heads.decode(new Batch(1).add(last, position, 0, true), target, new int[] {row});
                int draft = likeliest(heads, -1);
                target.decode(new Batch(2).add(last, position, 0, true).add(draft, position + 1, 0, true));
                int next = likeliest(target, 0);
                drafted++;
                row = 0;
                position++;
                last = next;
                if (next == draft) {
                    right++;
                    heads.decode(new Batch(1).add(draft, position, 0, false), target, new int[] {0});
                    row = 1;
                    position++;
                    last = likeliest(target, 1);
                } else {
                    target.kvCache().remove(0, position, -1);
                }
            }
        }
        assertThat(right).isBetween(1, drafted);
    }

    @Test
    void newMtpContext_withoutHeads_isRefused() {
        try (Model tiny = TestModels.tiny();
                Model without = Model.load(TestModels.mtpFile());
                Context plain = without.newContext(TestModels.small().build())) {
            assertThat(without.info().nextTokenLayerCount()).isEqualTo(1);
            assertThatThrownBy(() -> tiny.newMtpContext(TestModels.small().build()))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("no MTP heads");
            assertThatThrownBy(() -> without.newMtpContext(TestModels.small().build()))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("ModelOptions.mtpHeads");
            assertThatThrownBy(() -> plain.setHiddenStates(true))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("ModelOptions.mtpHeads");
        }
    }

    /** Without the second context an estimate was too small for what an engine with heads takes. */
    @Test
    void estimate_withHeads_isWhatModelAndBothContextsTake() {
        ModelSource source = ModelSource.file(TestModels.mtpFile());
        ContextOptions options = TestModels.small().build();
        MemoryReport estimate = Fit.estimate(source, WITH_HEADS, options);
        try (Context target = target();
                Context heads = heads()) {
            MemoryReport real = target.memory().plus(heads.memory().withoutWeights());
            for (ToLongFunction<MemoryReport.Row> part : List.<ToLongFunction<MemoryReport.Row>>of(
                    MemoryReport.Row::weights, MemoryReport.Row::kv, MemoryReport.Row::compute)) {
                assertThat(sum(estimate, part))
                        .as("%s%nand really%n%s", estimate, real)
                        .isCloseTo(sum(real, part), Percentage.withPercentage(5));
            }
            assertThat(sum(heads.memory(), MemoryReport.Row::kv)).isPositive();
        }
        MemoryReport without = Fit.estimate(source, ModelOptions.defaults(), options);
        assertThat(sum(without, MemoryReport.Row::weights)).isLessThan(sum(estimate, MemoryReport.Row::weights));
        assertThat(sum(without, MemoryReport.Row::kv)).isLessThan(sum(estimate, MemoryReport.Row::kv));
    }

    private static long sum(MemoryReport report, ToLongFunction<MemoryReport.Row> part) {
        return report.rows().stream().mapToLong(part).sum();
    }

    @Test
    void fit_withHeads_choosesForBothContexts() {
        ContextOptions open = TestModels.small().contextSize(0).build();
        Fit fit = Fit.of(ModelSource.file(TestModels.mtpFile()), WITH_HEADS, open);
        assertThat(fit.modelOptions().mtpHeads()).isTrue();
        assertThat(fit.estimate())
                .isEqualTo(
                        Fit.estimate(ModelSource.file(TestModels.mtpFile()), fit.modelOptions(), fit.contextOptions()));
        ModelSource tiny = ModelSource.file(TestModels.tinyFile());
        assertThat(Fit.estimate(tiny, WITH_HEADS, open)).isEqualTo(Fit.estimate(tiny, ModelOptions.defaults(), open));
    }

    @Test
    void decode_whatHeadsCannotTake_isRefused() {
        try (Context target = target();
                Context heads = heads()) {
            Batch batch = new Batch(2).add(5, 0, 0, false).add(6, 1, 0, true);
            assertThatThrownBy(() -> heads.decode(batch, target, new int[] {-1}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1 rows");
            assertThatThrownBy(() -> heads.decode(batch, target, new int[] {-1, 0}))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("row 1");
            assertThatThrownBy(() -> heads.decode(batch, target, new int[] {-1, -2}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("row 1");
            assertThatThrownBy(() -> heads.decode(batch)).isInstanceOf(UnsupportedOperationException.class);
            for (Context context : List.of(heads, target)) {
                assertThatThrownBy(() -> context.decode(batch, null, new int[] {-1, -1}))
                        .isInstanceOf(NullPointerException.class)
                        .hasMessage("source");
            }
            assertThatThrownBy(() -> target.decode(batch, target, new int[] {-1, -1}))
                    .isInstanceOf(UnsupportedOperationException.class);
            Batch embeddings = Batch.ofEmbeddings(1, model.info().inputEmbeddingSize())
                    .addEmbedding(new float[model.info().inputEmbeddingSize()], 0, 0, true);
            assertThatThrownBy(() -> heads.decode(embeddings, target, new int[] {-1}))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(heads.decode(batch, target, new int[] {-1, -1})).isEqualTo(DecodeStatus.OK);
        }
    }

    @Test
    void decode_whenSourceIsClosed_throws() {
        Context target = target();
        try (Context heads = heads()) {
            target.close();
            Batch batch = new Batch(1).add(5, 0, 0, true);
            assertThatThrownBy(() -> heads.decode(batch, target, new int[] {-1}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
            assertThatThrownBy(() -> target.setHiddenStates(false)).isInstanceOf(IllegalStateException.class);
        }
    }
}
