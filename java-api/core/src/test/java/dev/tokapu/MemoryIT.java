package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.device.DeviceType;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.device.SplitMode;
import dev.tokapu.exception.DeviceMemoryException;
import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import dev.tokapu.testsupport.ProcessMemory;
import dev.tokapu.testsupport.Thorough;
import dev.tokapu.testsupport.TinyGguf;
import dev.tokapu.testsupport.ZipFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class MemoryIT {

    private static final Percentage EXACT_ENOUGH = Percentage.withPercentage(5);
    private static final ModelSource SMOL = DefaultModel.source();
    private static final ModelOptions CPU = ModelOptions.builder().cpuOnly().build();

    /** The logits of 512 tokens, copied for the caller. */
    private static final long OUTPUTS = 512L * 49_152 * Float.BYTES;

    /** Vocabulary, metadata and the code that runs for the first time. */
    private static final long BESIDE = 64L << 20;

    /** The buffers of weights in another layout than the file's. */
    private static final Set<String> REPACKED = Set.of("AMX", "CPU_REPACK");

    @TempDir
    Path folder;

    private static ContextOptions context(int size, KvType type, FlashAttention attention) {
        return TestModels.small()
                .contextSize(size)
                .kvCache(kv -> kv.keyType(type).valueType(type))
                .flashAttention(attention)
                .build();
    }

    static List<ContextOptions> contexts() {
        return Thorough.some(
                List.of(
                        context(256, KvType.F16, FlashAttention.AUTO),
                        context(2048, KvType.F16, FlashAttention.DISABLED),
                        context(4096, KvType.F16, FlashAttention.ENABLED),
                        context(4096, KvType.Q8_0, FlashAttention.ENABLED),
                        context(8192, KvType.F32, FlashAttention.AUTO),
                        context(1024, KvType.F16, FlashAttention.AUTO).toBuilder()
                                .maxSequences(4)
                                .kvCache(kv -> kv.unified(true))
                                .build(),
                        context(512, KvType.F16, FlashAttention.AUTO).toBuilder()
                                .microBatchSize(64)
                                .build()),
                2);
    }

    @ParameterizedTest
    @MethodSource("contexts")
    void estimate_defaultModel_isWhatIsTaken(ContextOptions options) {
        assertEqualToReal(SMOL, options);
    }

    static Stream<ContextOptions> contextsOfTiny() {
        return contexts().stream()
                .filter(options -> !options.kvCache().keyType().isQuantized()); // its heads are smaller than a block
    }

    @ParameterizedTest
    @MethodSource("contextsOfTiny")
    void estimate_tinyModel_isWhatIsTaken(ContextOptions options) {
        assertEqualToReal(ModelSource.file(TestModels.tinyFile()), options);
    }

    /** The weights that are laid out anew leave holes in the mapped file: llama.cpp counts them a second time. */
    @ParameterizedTest
    @EnumSource(names = {"AUTO", "NONE"})
    void memory_repackedWeights_countOnce(LoadMode mode) {
        Path file = TinyGguf.builder().quantized().build().write(folder.resolve("quantized.gguf"));
        ModelSource source = ModelSource.file(file);
        ModelOptions options = CPU.toBuilder().loadMode(mode).build();
        assertEqualToReal(source, options, context(256, KvType.F16, FlashAttention.AUTO));
        try (Model model = Model.load(source, options)) {
            assertThat(sum(model.memory(), MemoryReport.Row::weights))
                    .isCloseTo(model.info().sizeInBytes(), EXACT_ENOUGH);
            boolean repacks = Tokapu.systemInfo().contains("AVX2 = 1"); // repack.cpp has no layouts for less
            assertThat(model.memory().rows().stream()
                            .map(MemoryReport.Row::buffer)
                            .anyMatch(REPACKED::contains))
                    .as("%s:%n%s", Tokapu.cpuVariant(), model.memory())
                    .isEqualTo(repacks);
        }
    }

    private static void assertEqualToReal(ModelSource source, ContextOptions options) {
        assertEqualToReal(source, CPU, options);
    }

    private static void assertEqualToReal(ModelSource source, ModelOptions modelOptions, ContextOptions options) {
        MemoryReport estimate = Fit.estimate(source, modelOptions, options);
        try (Model model = Model.load(source, modelOptions);
                Context context = model.newContext(options)) {
            MemoryReport real = context.memory();
            assertClose(estimate, real, MemoryReport::hostBytes);
            assertClose(estimate, real, report -> sum(report, MemoryReport.Row::weights));
            assertClose(estimate, real, report -> sum(report, MemoryReport.Row::kv));
            assertClose(estimate, real, report -> sum(report, MemoryReport.Row::compute));
            assertThat(sum(model.memory(), MemoryReport.Row::total)).isEqualTo(sum(real, MemoryReport.Row::weights));
            assertThat(sum(real, MemoryReport.Row::kv)).isPositive();
            assertThat(sum(real, MemoryReport.Row::compute)).isPositive();
        }
    }

    private static void assertClose(MemoryReport estimate, MemoryReport real, ToLongFunction<MemoryReport> what) {
        assertThat(what.applyAsLong(estimate))
                .as("%s%nand really%n%s", estimate, real)
                .isCloseTo(what.applyAsLong(real), EXACT_ENOUGH);
    }

    private static long sum(MemoryReport report, ToLongFunction<MemoryReport.Row> part) {
        return report.rows().stream().mapToLong(part).sum();
    }

    @Test
    void estimate_process_growsByAsMuch() {
        ContextOptions options = context(8192, KvType.F32, FlashAttention.AUTO).toBuilder()
                .batchSize(512)
                .build();
        ModelOptions read = CPU.toBuilder().loadMode(LoadMode.NONE).build();
        MemoryReport estimate = Fit.estimate(SMOL, read, options); // also loads what is loaded once
        long before = ProcessMemory.resident();
        try (Model model = Model.load(SMOL, read);
                Context context = model.newContext(options)) {
            int[] tokens = model.vocab().tokenize("word ".repeat(600));
            Batch batch = new Batch(512);
            for (int i = 0; i < batch.capacity(); i++) {
                batch.add(tokens[i], i, 0, true); // all outputs, so that all of the memory is touched
            }
            assertThat(context.decode(batch)).isEqualTo(DecodeStatus.OK);
            long grown = ProcessMemory.resident() - before;
            assertThat(grown)
                    .as("outputs, vocabulary and metadata lie beside the %s", estimate)
                    .isBetween((long) (estimate.hostBytes() * 0.95), estimate.hostBytes() + OUTPUTS + BESIDE);
        }
    }

    @Test
    void estimate_everyKindOfSource_isTheSame() throws IOException {
        ContextOptions options = context(512, KvType.F16, FlashAttention.AUTO);
        Path file = TestModels.tinyFile();
        long expected = Fit.estimate(ModelSource.file(file), CPU, options).totalBytes();
        List<Path> parts = TinyGguf.builder().build().writeSplit(folder, 3);
        Path zip = ZipFiles.write(folder.resolve("model.zip"), "a/tiny.gguf", Files.readAllBytes(file), false);
        long before = TestModels.settledHandles();
        assertThat(Fit.estimate(ModelSource.file(parts.get(0)), CPU, options).totalBytes())
                .isCloseTo(expected, EXACT_ENOUGH);
        assertThat(Fit.estimate(ModelSource.split(parts), CPU, options).totalBytes())
                .isCloseTo(expected, EXACT_ENOUGH);
        assertThat(Fit.estimate(ModelSource.zipEntry(zip, "a/tiny.gguf"), CPU, options)
                        .totalBytes())
                .isEqualTo(expected);
        assertThat(TestModels.liveHandles()).isEqualTo(before);
    }

    @Test
    void estimate_badFile_isModelLoadException() throws IOException {
        Path bad = Files.write(folder.resolve("bad.gguf"), TinyGguf.garbage(1000));
        long before = TestModels.settledHandles();
        assertThatExceptionOfType(ModelLoadException.class)
                .isThrownBy(() -> Fit.estimate(ModelSource.file(bad), CPU, ContextOptions.defaults()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Fit.estimate(
                        SMOL, ModelOptions.builder().vocabOnly(true).build(), ContextOptions.defaults()))
                .withMessageContaining("vocabOnly");
        assertThat(TestModels.liveHandles()).isEqualTo(before);
    }

    @Test
    void devices_everyMachine_hasACpuThatWorks() {
        assertThat(Tokapu.devices()).anySatisfy(device -> {
            assertThat(device.type()).isEqualTo(DeviceType.CPU);
            assertThat(device.name()).isEqualTo("CPU");
            assertThat(device.description()).isNotBlank();
            assertThat(device.memoryTotal()).isGreaterThan(1L << 28);
            assertThat(device.memoryFree()).isPositive().isLessThan(device.memoryTotal());
            assertThat(device.problem()).isEmpty();
        });
        assertThat(Tokapu.device("CPU").type()).isEqualTo(DeviceType.CPU);
    }

    @Test
    void load_gpuOptionsWithoutGpu_runsOnTheCpu() {
        ModelOptions options = ModelOptions.builder()
                .cpuOnly()
                .expertsOnCpu(1)
                .splitMode(SplitMode.NONE)
                .build();
        try (Model model = Model.load(TestModels.tinyFile(), options);
                Context context = model.newContext(TestModels.small().build())) {
            assertThat(model.devices()).isEmpty();
            assertThat(context.memory().totals())
                    .singleElement()
                    .satisfies(row -> assertThat(row.where()).isEqualTo("host"));
            assertThat(context.memory().toString()).contains("buffer", "weights", "host", "MiB");
        }
    }

    @Test
    void newContext_moreThanThereIs_isATypedError() {
        try (Model model = Model.load(SMOL, CPU)) {
            ContextOptions huge = TestModels.small().contextSize(2_000_000_000).build();
            assertThatExceptionOfType(DeviceMemoryException.class)
                    .isThrownBy(() -> model.newContext(huge))
                    .withMessageContaining("Fit.of()");
            try (Context context = model.newContext(TestModels.small().build())) {
                assertThat(context.info().contextSize()).isEqualTo(256);
            }
        }
    }

    @Test
    void fit_cpu_choosesContextByFreeMemory() {
        ContextOptions open = TestModels.small().contextSize(0).build();
        Fit plenty = Fit.of(
                SMOL,
                CPU,
                open,
                FitOptions.builder().margin(0).minContextSize(256).build());
        assertThat(plenty.fits()).isTrue();
        assertThat(plenty.contextOptions().contextSize()).isEqualTo(8192);
        assertThat(plenty.explanation()).anyMatch(line -> line.contains("CPU"));

        long wanted = Fit.estimate(SMOL, CPU, open.toBuilder().contextSize(4096).build())
                .hostBytes();
        Fit some = fitWhereRoomIs(wanted + (8 << 20), open);
        int size = some.contextOptions().contextSize();
        assertThat(size).as(some.toString()).isBetween(256, 8191).matches(n -> n % 256 == 0);
        try (Model model = Model.load(SMOL, some.modelOptions());
                Context context = model.newContext(some.contextOptions())) {
            assertThat(context.info().contextSize()).isEqualTo(size);
            assertThat(context.memory().hostBytes()).isCloseTo(some.estimate().hostBytes(), EXACT_ENOUGH);
        }

        Fit nothing = Fit.of(
                SMOL,
                CPU,
                open,
                FitOptions.builder()
                        .margin(Long.MAX_VALUE / 4)
                        .minContextSize(512)
                        .build());
        assertThat(nothing.fits()).isFalse();
        assertThat(nothing.contextOptions().contextSize()).isEqualTo(512);
        assertThat(nothing.explanation()).anyMatch(line -> line.contains("not enough free memory"));
    }

    /** Other programs take and give back memory meanwhile: once more then. */
    private static Fit fitWhereRoomIs(long room, ContextOptions options) {
        while (true) {
            long free = Tokapu.device("CPU").memoryFree();
            Fit fit = Fit.of(
                    SMOL,
                    CPU,
                    options,
                    FitOptions.builder().margin(free - room).minContextSize(256).build());
            if (Math.abs(Tokapu.device("CPU").memoryFree() - free) < 4 << 20) {
                return fit;
            }
        }
    }

    @Test
    void fit_tensorSplit_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Fit.of(
                        SMOL, ModelOptions.builder().splitMode(SplitMode.TENSOR).build(), ContextOptions.defaults()))
                .withMessageContaining("SplitMode.TENSOR");
    }
}
