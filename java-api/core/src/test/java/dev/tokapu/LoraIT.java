package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tokapu.exception.LoraAdapterException;
import dev.tokapu.testsupport.LoraWriter;
import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.testsupport.TinyMemoryGguf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** LoRA adapters: what they hold, who keeps whom alive, what is refused. */
class LoraIT {

    private static final int[] PROMPT = {5, 6, 7, 8, 9};

    @TempDir
    Path folder;

    private long handlesBefore;
    private int files;

    @BeforeEach
    void countHandles() {
        handlesBefore = TestModels.settledHandles();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(TestModels.liveHandles()).isEqualTo(handlesBefore);
    }

    private LoraAdapter load(Model model, LoraWriter content) {
        return LoraAdapter.load(model, content.write(folder.resolve("adapter" + files++ + ".gguf")));
    }

    private static Context context(Model model) {
        return model.newContext(TestModels.small().build());
    }

    private static float[] logits(Context context) {
        context.kvCache().clear();
        assertThat(context.decode(new Batch(PROMPT.length).addAll(PROMPT, 0, 0)))
                .isEqualTo(DecodeStatus.OK);
        return context.outputs().logits(-1);
    }

    @Test
    void adapter_tellsWhatItsFileSays() {
        try (Model model = TestModels.tiny();
                LoraAdapter adapter = load(model, LoraWriter.ofTiny(3).invocationTokens(7, 8));
                LoraAdapter ordinary = load(model, LoraWriter.ofTiny(3))) {
            assertThat(adapter.metadata())
                    .containsEntry("general.name", "Tiny LoRA 3")
                    .containsEntry("adapter.type", "lora");
            assertThat(adapter.invocationTokens()).containsExactly(7, 8);
            assertThat(ordinary.invocationTokens()).isEmpty();
            assertThat(adapter.size()).isEqualTo(2 * 4L * LoraWriter.RANK * (128 + 96 + 192));
            assertThat(adapter.model()).isSameAs(model);
            assertThat(adapter).hasToString("LoraAdapter 'adapter0.gguf'");
        }
    }

    @Test
    void close_ofModelAndAdapterInUse_contextGoesOn() {
        Model model = TestModels.tiny();
        LoraAdapter adapter = load(model, LoraWriter.ofTiny(1));
        try (Context context = context(model)) {
            LoraSet set = LoraSet.of(adapter);
            set.applyTo(context);
            float[] adapted = logits(context);
            adapter.close();
            adapter.close();
            model.close();
            assertThat(logits(context)).isEqualTo(adapted);
            assertThatIllegalStateException()
                    .isThrownBy(() -> set.applyTo(context))
                    .withMessageContaining("'adapter0.gguf' is closed");
            assertThat(logits(context)).isEqualTo(adapted);
            LoraSet.NONE.applyTo(context);
            assertThat(logits(context)).isNotEqualTo(adapted);
        }
        assertThat(adapter.isClosed()).isTrue();
        assertThat(adapter.metadata()).isNotEmpty();
    }

    @Test
    void load_closedOrEmptyModel_isRefused() {
        Path file = LoraWriter.ofTiny(1).write(folder.resolve("adapter.gguf"));
        Model model = TestModels.tiny();
        model.close();
        assertThatIllegalStateException().isThrownBy(() -> LoraAdapter.load(model, file));
        ModelOptions vocabOnly = ModelOptions.builder().vocabOnly(true).build();
        try (Model words = Model.load(TestModels.tinyFile(), vocabOnly)) {
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> LoraAdapter.load(words, file))
                    .withMessageContaining("no weights");
        }
    }

    @Test
    void applyTo_foreignOrClosedContext_isRefused() {
        try (Model model = TestModels.tiny();
                Model other = TestModels.tiny();
                LoraAdapter adapter = load(model, LoraWriter.ofTiny(1));
                LoraAdapter foreign = load(other, LoraWriter.ofTiny(1))) {
            Context context = context(other);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> LoraSet.of(adapter).applyTo(context))
                    .withMessageContaining("another model");
            context.close();
            assertThatIllegalStateException()
                    .isThrownBy(() -> LoraSet.of(foreign).applyTo(context))
                    .withMessageContaining("closed");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> LoraSet.of(adapter).with(foreign, 1))
                    .withMessageContaining("different models");
        }
    }

    @Test
    void set_scales_areCheckedAndZeroIsLeftOut() {
        try (Model model = TestModels.tiny();
                LoraAdapter a = load(model, LoraWriter.ofTiny(1));
                LoraAdapter b = load(model, LoraWriter.ofTiny(2))) {
            assertThat(LoraSet.of(a, 0)).isEqualTo(LoraSet.NONE);
            assertThat(LoraSet.of(a).with(b, 2).with(a, -0.0)).isEqualTo(LoraSet.of(b, 2));
            assertThat(LoraSet.of(a)).isNotEqualTo(LoraSet.of(b)).isNotEqualTo(LoraSet.of(a, 2));
            assertThat(LoraSet.NONE.isEmpty()).isTrue();
            assertThat(LoraSet.of(a, 3).scales()).containsEntry(a, 3f);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> LoraSet.of(a, Float.NaN))
                    .withMessageContaining("NaN");
        }
    }

    @Test
    void load_damagedOrForeignFile_saysWhat() {
        Path file = folder.resolve("broken.gguf");
        try (Model model = TestModels.tiny()) {
            byte[] whole = LoraWriter.ofTiny(1).bytes();
            for (byte[] content : List.of(
                    TinyGguf.garbage(3000),
                    Arrays.copyOf(whole, whole.length / 2),
                    LoraWriter.of("llama", 1, 1)
                            .add("blk.0.attn_q.weight", 576, 576)
                            .bytes(),
                    TinyGguf.builder().build().bytes())) {
                TinyGguf.write(file, content);
                assertThatExceptionOfType(LoraAdapterException.class)
                        .isThrownBy(() -> LoraAdapter.load(model, file))
                        .withMessageContaining("cannot load adapter '" + file + "'");
            }
            assertThatExceptionOfType(LoraAdapterException.class)
                    .isThrownBy(() -> LoraAdapter.load(model, folder.resolve("missing.gguf")))
                    .withMessageContaining("missing.gguf");
        }
    }

    /** llama.cpp takes it for the other half of attn_q, and looked at fewer of its dimensions. */
    @Test
    void load_matrixInThePlaceOfAnother_isRefused() {
        try (Model model = TestModels.tiny()) {
            assertThatExceptionOfType(LoraAdapterException.class)
                    .isThrownBy(() -> load(
                            model,
                            LoraWriter.ofTiny(1).matrix("blk.0.lora_b.attn_q.weight.lora_b", LoraWriter.RANK, 64, 2)))
                    .withMessageContaining("blk.0.lora_b.attn_q.weight.lora_b");
        }
    }

    /** llama.cpp plans as many nodes as the adapters of the model need that were loaded when it plans. */
    @Test
    void applyTo_contextOlderThanManyAdapters_hasRoomForAll() {
        List<LoraAdapter> adapters = new ArrayList<>();
        try (Model model = TestModels.tiny();
                Context context = context(model)) {
            float[] plain = logits(context);
            LoraSet set = LoraSet.NONE;
            for (int i = 0; i < 100; i++) {
                adapters.add(load(model, LoraWriter.ofTiny(i)));
                set = set.with(adapters.get(i), 0.01f);
            }
            set.applyTo(context);
            assertThat(logits(context)).isNotEqualTo(plain).doesNotContain(Float.NaN);
            adapters.forEach(LoraAdapter::close);
            LoraSet.NONE.applyTo(context);
            assertThat(logits(context)).isEqualTo(plain);
        }
    }

    /** This model looks tokens up in its output layer, whose adapter would be needed in two shapes: llama.cpp asserts. */
    @Test
    void applyTo_graphThatCannotBeBuilt_keepsWhatWasBefore() {
        Path file = TinyGguf.write(folder.resolve("tied.gguf"), TinyMemoryGguf.SLIDING_WINDOW.bytes());
        try (Model model = Model.load(file);
                Context context = context(model);
                LoraAdapter good = load(model, LoraWriter.of("cohere2", 1, 0.5f).add("blk.1.attn_q.weight", 64, 64));
                LoraAdapter tied = load(
                        model,
                        LoraWriter.of("cohere2", 2, 0.5f)
                                .addTokenEmbeddings(64, model.vocab().size()))) {
            float[] plain = logits(context);
            LoraSet.of(good).applyTo(context);
            float[] adapted = logits(context);
            assertThat(adapted).isNotEqualTo(plain);
            for (int i = 0; i < 3; i++) {
                assertThatExceptionOfType(UnsupportedOperationException.class)
                        .isThrownBy(() -> LoraSet.of(tied).applyTo(context))
                        .withMessageContaining("cannot work with these adapters");
                assertThat(logits(context)).isEqualTo(adapted);
            }
            LoraSet.NONE.applyTo(context);
            assertThat(logits(context)).isEqualTo(plain);
        }
    }

    @Test
    void recurrentAndHybridModels_takeAdapters() {
        String[] tensors = {"blk.0.ssm_in.weight", "blk.0.shortconv.in_proj.weight"};
        TinyMemoryGguf[] kinds = {TinyMemoryGguf.RECURRENT, TinyMemoryGguf.HYBRID};
        String[] architectures = {"mamba", "lfm2"};
        int[] rows = {256, 192};
        for (int i = 0; i < kinds.length; i++) {
            Path file = TinyGguf.write(folder.resolve(kinds[i] + ".gguf"), kinds[i].bytes());
            try (Model model = Model.load(file);
                    Context context = context(model);
                    LoraAdapter adapter =
                            load(model, LoraWriter.of(architectures[i], 1, 0.5f).add(tensors[i], 64, rows[i]))) {
                float[] plain = logits(context);
                LoraSet.of(adapter).applyTo(context);
                assertThat(logits(context)).as("%s", kinds[i]).isNotEqualTo(plain);
                LoraSet.NONE.applyTo(context);
                assertThat(logits(context)).isEqualTo(plain);
            }
        }
    }

    /** llama.cpp goes through the model's list of adapters while it plans a context's memory. */
    @Test
    void loadAndClose_whileContextsPlanAndCompute_isSafe() throws Exception {
        Path file = LoraWriter.ofTiny(1).write(folder.resolve("adapter.gguf"));
        AtomicBoolean done = new AtomicBoolean();
        try (Model model = TestModels.tiny()) {
            List<FutureTask<Integer>> tasks = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                tasks.add(TestModels.start("computes " + t, () -> {
                    int rounds = 0;
                    try (Context context = context(model)) {
                        float[] plain = logits(context);
                        while (!done.get()) {
                            try (LoraAdapter adapter = LoraAdapter.load(model, file)) {
                                LoraSet.of(adapter).applyTo(context);
                            }
                            assertThat(logits(context)).isNotEqualTo(plain);
                            LoraSet.NONE.applyTo(context);
                            context.setCausalAttention(false);
                            context.setCausalAttention(true);
                            assertThat(logits(context)).isEqualTo(plain);
                            rounds++;
                        }
                    }
                    return rounds;
                }));
            }
            for (int i = 0; i < 300; i++) {
                LoraAdapter.load(model, file).close();
            }
            done.set(true);
            for (FutureTask<Integer> task : tasks) {
                assertThat(task.get(5, TimeUnit.MINUTES)).isPositive();
            }
        }
    }
}
