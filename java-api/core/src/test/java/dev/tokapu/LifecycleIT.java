package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.chat.ChatTemplate;
import dev.tokapu.testsupport.LogCapture;
import dev.tokapu.testsupport.ProcessMemory;
import dev.tokapu.testsupport.Thorough;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LifecycleIT {

    private static final int LONG_PROMPT = 1500;
    private static final int CYCLES_OF_A_COLLECTION = 8;

    /** A GPU is through before anybody can interrupt it. */
    private static final String SLOWNESS = "cpu";

    /** Seconds of work for the default model on a CPU. */
    private static Batch longPrompt() {
        return new Batch(LONG_PROMPT).addAll(new int[LONG_PROMPT], 0, 0);
    }

    private static ContextOptions longContext() {
        return ContextOptions.builder()
                .contextSize(2048)
                .threads(2)
                .batchThreads(2)
                .build();
    }

    private static Batch oneToken() {
        return new Batch(1).add(3, 0, 0, true);
    }

    @Test
    void use_afterClose_throwsEverywhere() {
        Model model = TestModels.tiny();
        Vocab vocab = model.vocab();
        Context context = model.newContext(TestModels.small().build());
        context.close();
        model.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> vocab.tokenize("x"))
                .withMessageContaining("tiny.gguf' is closed");
        assertThatIllegalStateException().isThrownBy(() -> vocab.piece(3));
        assertThatIllegalStateException().isThrownBy(model::newContext);
        assertThatIllegalStateException().isThrownBy(model::memory);
        assertThatIllegalStateException().isThrownBy(() -> ChatTemplate.of(model));
        assertThatIllegalStateException().isThrownBy(() -> context.decode(oneToken()));
        assertThatIllegalStateException().isThrownBy(() -> context.outputs().logits(0));
        assertThatIllegalStateException().isThrownBy(() -> context.kvCache().maxPosition(0));
        assertThatIllegalStateException().isThrownBy(() -> context.setThreads(1, 1));
        context.abort();
    }

    @Test
    void values_afterClose_canStillBeRead() {
        Model model = TestModels.tiny();
        model.close();
        assertThat(model.info().layerCount()).isPositive();
        assertThat(model.metadata()).containsEntry("general.architecture", "llama");
        assertThat(model.vocab().specialTokens().bos()).isPresent();
    }

    @Test
    void close_twice_isHarmless() {
        long before = TestModels.settledHandles();
        Model model = TestModels.tiny();
        Context context = model.newContext(TestModels.small().build());
        context.close();
        context.close();
        model.close();
        model.close();
        assertThat(TestModels.liveHandles()).isEqualTo(before);
    }

    @Test
    void close_modelFirst_contextWorksOn() {
        Model model = TestModels.tiny();
        Context context = model.newContext(TestModels.small().build());
        context.decode(oneToken());
        float[] before = context.outputs().logits(0);
        model.close();
        context.kvCache().clear();
        assertThat(context.decode(oneToken())).isEqualTo(DecodeStatus.OK);
        assertThat(context.outputs().logits(0)).isEqualTo(before);
        context.close();
    }

    @Test
    void close_anyOrder_leavesNothing() {
        long before = TestModels.settledHandles();
        for (int order = 0; order < 6; order++) {
            Model model = TestModels.tiny();
            Context first = model.newContext(TestModels.small().build());
            Context second = model.newContext(TestModels.small().build());
            List<AutoCloseable> objects = List.of(model, first, second);
            int[] indexes = {order / 2, (order / 2 + 1 + order % 2) % 3, (order / 2 + 2 - order % 2) % 3};
            for (int index : indexes) {
                close(objects.get(index));
            }
        }
        assertThat(TestModels.liveHandles()).isEqualTo(before);
    }

    private static void close(AutoCloseable object) {
        try {
            object.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Tag(SLOWNESS)
    void close_whileOtherThreadDecodes_endsDecodeSoon() throws Exception {
        long before = TestModels.settledHandles();
        try (Model model = TestModels.smol()) {
            Context context = model.newContext(longContext());
            FutureTask<DecodeStatus> decode = TestModels.start("decoder", () -> context.decode(longPrompt()));
            TestModels.awaitDecoding("decoder");
            context.close();
            assertThatThrownBy(() -> decode.get(5, TimeUnit.MINUTES))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is closed");
        }
        assertThat(TestModels.liveHandles()).isEqualTo(before);
    }

    @Test
    void close_modelWhileOtherThreadDecodes_letsItFinish() throws Exception {
        Model model = TestModels.smol();
        try (Context context = model.newContext(longContext())) {
            Batch batch = new Batch(64).addAll(new int[64], 0, 0);
            FutureTask<DecodeStatus> decode = TestModels.start("decoder", () -> context.decode(batch));
            model.close();
            assertThat(decode.get(5, TimeUnit.MINUTES)).isEqualTo(DecodeStatus.OK);
        }
    }

    @Test
    @Tag(SLOWNESS)
    void abort_whileOtherThreadDecodes_endsItAndContextWorksOn() throws Exception {
        try (Model model = TestModels.smol();
                Context context = model.newContext(longContext())) {
            FutureTask<DecodeStatus> decode = TestModels.start("decoder", () -> context.decode(longPrompt()));
            TestModels.awaitDecoding("decoder");
            context.abort();
            assertThat(decode.get(5, TimeUnit.MINUTES)).isEqualTo(DecodeStatus.ABORTED);
            assertThatIllegalStateException().isThrownBy(() -> context.outputs().logits(-1));
            context.kvCache().clear();
            assertThat(context.decode(oneToken())).isEqualTo(DecodeStatus.OK);
        }
    }

    @Test
    @Tag(SLOWNESS)
    void secondThread_whileOneIsInside_throwsNamingBoth() throws Exception {
        try (Model model = TestModels.smol();
                Context context = model.newContext(longContext())) {
            FutureTask<DecodeStatus> decode = TestModels.start("first", () -> context.decode(longPrompt()));
            TestModels.awaitDecoding("first");
            FutureTask<DecodeStatus> intruder = TestModels.start("second", () -> context.decode(oneToken()));
            assertThatThrownBy(() -> intruder.get(5, TimeUnit.MINUTES))
                    .cause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("'first'")
                    .hasMessageContaining("'second'");
            assertThatIllegalStateException().isThrownBy(() -> context.kvCache().clear());
            context.abort();
            assertThat(decode.get(5, TimeUnit.MINUTES)).isEqualTo(DecodeStatus.ABORTED);
        }
    }

    @Test
    void otherThread_afterwards_works() throws Exception {
        try (Model model = TestModels.tiny();
                Context context = model.newContext(TestModels.small().build())) {
            context.decode(oneToken());
            float[] here = context.outputs().logits(0);
            context.kvCache().clear();
            FutureTask<float[]> there = TestModels.start("other", () -> {
                context.decode(oneToken());
                return context.outputs().logits(0);
            });
            assertThat(there.get()).isEqualTo(here);
        }
    }

    @Test
    void forgotten_objects_areFreedWithWarnings() throws InterruptedException {
        long before = TestModels.settledHandles();
        try (LogCapture log = LogCapture.start()) {
            forget();
            assertThat(TestModels.liveHandles()).isEqualTo(before + 2);
            for (int i = 0; i < 10_000 && TestModels.liveHandles() > before; i++) {
                System.gc();
                Thread.sleep(20);
            }
            assertThat(TestModels.liveHandles()).isEqualTo(before);
            assertThat(log.warnings().stream().filter(line -> line.contains("was never closed")))
                    .hasSize(2)
                    .anyMatch(line -> line.startsWith("Model 'tiny.gguf'"))
                    .anyMatch(line -> line.startsWith("Context of Model 'tiny.gguf'"));
        }
    }

    private static void forget() {
        Context context = TestModels.tiny().newContext(TestModels.small().build());
        context.decode(oneToken());
    }

    @Test
    void openDecodeClose_manyTimes_memoryStaysFlat() {
        long before = residentAfterCycles(200);
        long files = ProcessMemory.openFiles();
        long threads = ProcessMemory.threads();
        long after = residentAfterCycles(Thorough.cases(1000, 500, 300));
        assertThat(after - before).as("growth in bytes").isLessThan(32 * 1024 * 1024);
        assertThat(ProcessMemory.openFiles()).isLessThanOrEqualTo(files + 2);
        assertThat(ProcessMemory.threads()).isLessThanOrEqualTo(threads + 4);
    }

    /**
     * The least of what is measured during the last fifth: malloc's arenas breathe. The heap is collected all the time, else it is
     * the garbage of the cycles that is resident where there is room for a large young generation.
     */
    private static long residentAfterCycles(int cycles) {
        long least = Long.MAX_VALUE;
        for (int cycle = 1; cycle <= cycles; cycle++) {
            openDecodeClose();
            if (cycle % CYCLES_OF_A_COLLECTION == 0) {
                System.gc();
                least = cycle > cycles * 4 / 5 ? Math.min(least, ProcessMemory.resident()) : least;
            }
        }
        return least;
    }

    private static void openDecodeClose() {
        try (Model model = TestModels.tiny();
                Context context = model.newContext(TestModels.small().build())) {
            int[] tokens = model.vocab().tokenize("a few words");
            context.decode(new Batch(tokens.length).addAll(tokens, 0, 0));
            context.outputs().logits(-1);
        }
    }

    @Test
    void contexts_inManyThreads_giveSerialResults() throws Exception {
        try (Model model = TestModels.tiny()) {
            float[] expected = decodeSome(model);
            List<FutureTask<float[]>> tasks = java.util.stream.IntStream.range(0, 8)
                    .mapToObj(i -> TestModels.start("worker " + i, () -> {
                        float[] last = new float[0];
                        for (int round = 0; round < 20; round++) {
                            last = decodeSome(model);
                        }
                        return last;
                    }))
                    .toList();
            for (FutureTask<float[]> task : tasks) {
                assertThat(task.get()).isEqualTo(expected);
            }
        }
    }

    private static float[] decodeSome(Model model) {
        try (Context context = model.newContext(TestModels.small().build())) {
            int[] tokens = model.vocab().tokenize("the same words in each thread");
            context.decode(new Batch(tokens.length).addAll(tokens, 0, 0));
            return context.outputs().logits(-1);
        }
    }
}
