package dev.tokapu.contract;

import static dev.tokapu.spi.NativeApi.ABI_VERSION;
import static dev.tokapu.spi.NativeApi.LLAMA_VERSION;
import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static dev.tokapu.spi.Status.ERROR_BACKEND;
import static dev.tokapu.spi.Status.ERROR_HANDLE;
import static dev.tokapu.spi.Status.ERROR_MODEL;
import static dev.tokapu.spi.Status.OK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.spi.LogLevel;
import dev.tokapu.spi.NumaStrategy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SystemContractIT extends Contract {

    private static final byte[] NONE = new byte[0];

    @Test
    void abiVersion_always_isTheOneOfTheSpi() {
        assertThat(api.system().abiVersion()).isEqualTo(ABI_VERSION);
    }

    @Test
    void llamaVersion_always_isTheOneOfTheSpi() {
        assertThat(text(api.system()::llamaVersion)).isEqualTo(LLAMA_VERSION);
    }

    // --- last error

    @Test
    void lastError_threadWithoutErrors_isEmpty() throws InterruptedException {
        AtomicReference<String> text = new AtomicReference<>();
        Thread thread = new Thread(() -> text.set(text(api.system()::lastError)));
        thread.start();
        thread.join();
        assertThat(text).hasValue("");
    }

    @Test
    void lastError_afterErrors_tellsTheLastOneOfThisThread() throws InterruptedException {
        assertThat(api.models().free(4711)).isEqualTo(ERROR_HANDLE);
        assertThat(api.samplers().free(4712)).isEqualTo(ERROR_HANDLE);
        Thread other = new Thread(() -> api.contexts().free(4713));
        other.start();
        other.join();
        assertThat(text(api.system()::lastError)).contains("4712").doesNotContain("4713");
    }

    @Test
    void lastError_withNativeExplanation_holdsTheLogLine() {
        Path garbage = tinyModel().resolveSibling("garbage.gguf");
        dev.tokapu.testsupport.TinyGguf.write(garbage, dev.tokapu.testsupport.TinyGguf.garbage(5000));
        garbage.toFile().deleteOnExit();
        int status = api.models().load(paths(garbage), 1, modelOptions(), NONE, 0, 0, null, new long[1]);
        refused(ERROR_MODEL, status, "garbage.gguf", "magic");
    }

    // --- log

    @Test
    void logSet_sink_getsWholeLinesWithLevels() {
        List<String> lines = new CopyOnWriteArrayList<>();
        List<Integer> levels = new CopyOnWriteArrayList<>();
        log(
                (level, line) -> {
                    levels.add(level);
                    lines.add(line);
                },
                LogLevel.DEBUG);

        context(model());

        assertThat(lines).hasSizeGreaterThan(10).allMatch(line -> !line.contains("\n") && !line.isBlank());
        assertThat(lines).anyMatch(line -> line.contains("general.name") && line.contains("Tiny Random"));
        assertThat(levels)
                .isSubsetOf(LogLevel.DEBUG, LogLevel.INFO, LogLevel.WARN, LogLevel.ERROR)
                .contains(LogLevel.INFO);
    }

    @Test
    void logSet_minLevel_filters() {
        AtomicInteger belowError = new AtomicInteger();
        log((level, line) -> belowError.addAndGet(level < LogLevel.ERROR ? 1 : 0), LogLevel.ERROR);

        model();

        assertThat(belowError).hasValue(0);
    }

    @Test
    void logSet_null_discards() {
        AtomicInteger lines = new AtomicInteger();
        log((level, line) -> lines.incrementAndGet(), LogLevel.DEBUG);
        ok(api.system().logSet(null, LogLevel.DEBUG));

        model();

        assertThat(lines).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, -1, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void logSet_levelOutOfRange_isRefusedAndKeepsTheSink(int level) {
        AtomicInteger lines = new AtomicInteger();
        log((l, line) -> lines.incrementAndGet(), LogLevel.DEBUG);

        refused(ERROR_ARGUMENT, api.system().logSet((l, line) -> lines.addAndGet(1_000_000), level), "log level");
        model();

        assertThat(lines.get()).isBetween(1, 999_999);
    }

    @Test
    void logSet_sinkThatThrows_disturbsNothing() {
        AtomicInteger lines = new AtomicInteger();
        log(
                (level, line) -> {
                    if (lines.incrementAndGet() % 2 == 0) {
                        throw new IllegalStateException("from the sink");
                    }
                    throw new StackOverflowError("from the sink");
                },
                LogLevel.DEBUG);

        long model = model();

        assertThat(lines.get()).isGreaterThan(10);
        assertThat(tokenize(model, "the end")).isNotEmpty();
    }

    @Test
    void logSet_replacedWhileOtherThreadsLog_losesNoThread() throws InterruptedException {
        AtomicInteger lines = new AtomicInteger();
        cleanup(() -> api.system().logSet(null, LogLevel.INFO));
        List<Thread> threads = new ArrayList<>();
        AtomicInteger failures = new AtomicInteger();
        for (int t = 0; t < 3; t++) {
            Thread thread = new Thread(() -> {
                for (int i = 0; i < 15; i++) {
                    long[] model = new long[1];
                    if (api.models().load(paths(tinyModel()), 1, modelOptions(), NONE, 0, 0, null, model) != OK) {
                        failures.incrementAndGet();
                    }
                    api.models().free(model[0]);
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (int i = 0; i < 2000; i++) {
            ok(api.system().logSet((level, line) -> lines.incrementAndGet(), LogLevel.DEBUG));
            ok(api.system().logSet(null, LogLevel.DEBUG));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).hasValue(0);
    }

    @Test
    void logSet_sinkOutOfReach_survivesGarbageCollection() {
        AtomicInteger lines = new AtomicInteger();
        log(new CountingSink(lines), LogLevel.DEBUG);
        for (int i = 0; i < 3; i++) {
            System.gc();
        }

        model();

        assertThat(lines.get()).isGreaterThan(10);
    }

    private record CountingSink(AtomicInteger lines) implements dev.tokapu.spi.LogSink {
        @Override
        public void line(int level, String line) {
            lines.incrementAndGet();
        }
    }

    // --- backend

    @Test
    void backendInit_again_doesNothing() {
        ok(api.backends().init(utf8(libraries().toString()), NONE, NumaStrategy.NONE));
        ok(api.backends()
                .init(utf8(libraries().toString()), utf8(text(api.backends()::cpuVariant)), NumaStrategy.NONE));
    }

    @Test
    void backendInit_otherVariant_isRefused() {
        refused(
                ERROR_BACKEND,
                api.backends().init(utf8(libraries().toString()), utf8("pentium3"), NumaStrategy.NONE),
                "pentium3");
    }

    @Test
    void backendInit_directoryEmptyOrWithNul_isRefused() {
        refused(ERROR_ARGUMENT, api.backends().init(NONE, NONE, NumaStrategy.NONE), "directory is empty");
        refused(ERROR_ARGUMENT, api.backends().init(utf8("/a\0b"), NONE, NumaStrategy.NONE), "directory holds a NUL");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, NumaStrategy.NUMACTL + 1, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void backendInit_numaOutOfRange_isRefused(int numa) {
        refused(ERROR_ARGUMENT, api.backends().init(utf8(libraries().toString()), NONE, numa), "numa is " + numa);
    }

    @ParameterizedTest
    @ValueSource(ints = {NumaStrategy.DISTRIBUTE, NumaStrategy.ISOLATE, NumaStrategy.NUMACTL})
    void backendInit_numaTooLate_isRefused(int numa) {
        refused(ERROR_BACKEND, api.backends().init(utf8(libraries().toString()), NONE, numa), "'none' is set");
        int[] strategy = {-1};
        ok(api.backends().numa(strategy, new int[1]));
        assertThat(strategy[0]).isEqualTo(NumaStrategy.NONE);
    }

    @Test
    void backendNuma_thisMachine_hasANode() {
        int[] nodes = {-1};
        ok(api.backends().numa(new int[1], nodes));
        assertThat(nodes[0]).isPositive();
    }

    @Test
    void backendPerformanceCores_thisMachine_areCounted() {
        int[] cores = {-1};
        ok(api.backends().performanceCores(cores));
        // Java may have been told to use fewer processors than there are.
        assertThat(cores[0]).isBetween(0, 1 << 16);
    }

    @Test
    void backendCpuVariants_directory_listsBestFirstWithReasons() {
        byte[] directory = utf8(libraries().toString());

        List<String> lines = text((buf, length) -> api.backends().cpuVariants(directory, buf, length))
                .lines()
                .toList();

        assertThat(lines).hasSizeGreaterThan(1).allMatch(line -> line.split("\t", -1).length == 3);
        int best = Integer.parseInt(lines.get(0).split("\t", -1)[1]);
        assertThat(best).isPositive();
        for (String line : lines) {
            String[] parts = line.split("\t", -1);
            int score = Integer.parseInt(parts[1]);
            assertThat(score).isBetween(0, best);
            assertThat(parts[2].isEmpty()).as(line).isEqualTo(score > 0);
        }
        assertThat(lines).anyMatch(line -> line.startsWith(text(api.backends()::cpuVariant) + "\t"));
    }

    @Test
    void backendCpuVariants_emptyName_isRefused() {
        refused(ERROR_ARGUMENT, api.backends().cpuVariants(NONE, new byte[100], new int[1]), "directory");
    }

    @Test
    void backendSystemInfo_loaded_namesTheCpu() {
        assertThat(text(api.backends()::systemInfo)).contains("CPU");
    }

    @Test
    void cachedText_nothingKept_isEmpty() {
        int[] length = {-1};
        ok(api.chatTemplates().cachedText(new byte[10], length));
        ok(api.chatTemplates().cachedText(new byte[10], length));
        assertThat(length[0]).isZero();
    }

    @Test
    void liveHandles_countsEveryKind() {
        long before = liveHandles();
        long model = model();
        context(model);
        sampler(model);
        chatTemplate(model, "");
        assertThat(liveHandles()).isEqualTo(before + 4);
    }
}
