package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.tokapu.device.MemoryReport;
import dev.tokapu.exception.DeviceMemoryException;
import dev.tokapu.internal.host.HostMemory;
import dev.tokapu.internal.load.ModelLocation;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.natives.NativeHandles;
import dev.tokapu.internal.natives.NativeRuntime;
import dev.tokapu.source.ModelSource;
import dev.tokapu.spi.ContextApi;
import dev.tokapu.testsupport.LogCapture;
import dev.tokapu.testsupport.TinyGguf;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the host's memory cannot hold is refused with the figures; nothing is refused that it can hold. */
class MemoryCheckIT {

    private static final long MIB = 1 << 20;
    private static final int CELL = 52; // bytes that llama.cpp keeps of a cell beside its tensors

    @TempDir
    Path folder;

    private static MemoryCheck with(long reachable) {
        HostMemory.Limit limit = new HostMemory.Limit("/docker/abc", 512 * MIB, 512 * MIB - reachable);
        return new MemoryCheck(new HostMemory(512 * MIB, reachable, reachable, limit), true);
    }

    private static NativeHandle newContext(Model model, ContextOptions options, MemoryCheck memory) {
        return ModelCalls.newContext(
                NativeHandles.of(model),
                options,
                model.info().trainedContextSize(),
                memory,
                "Context of ",
                ContextApi::create);
    }

    private static long cache(NativeHandle context) {
        return ModelCalls.contextMemory(context).rows().stream()
                .filter(row -> row.where().equals("host"))
                .mapToLong(MemoryReport.Row::kv)
                .sum();
    }

    @ParameterizedTest
    @EnumSource(MemoryKind.class)
    void newContext_cacheThatFitsExactly_isMade(MemoryKind kind) {
        try (Model model =
                Model.load(kind.write(folder), ModelOptions.builder().cpuOnly().build())) {
            for (boolean full : new boolean[] {true, false}) {
                ContextOptions options = kind.options().toBuilder()
                        .contextSize(65_536)
                        .kvCache(kv -> kv.swaFull(full))
                        .build();
                long needed;
                try (NativeHandle context = newContext(model, options, MemoryCheck.now())) {
                    needed = cache(context);
                }
                long rounded = (needed + 65_536 * CELL + MIB - 1) / MIB * MIB;
                assertThatNoException()
                        .as("%s of %s bytes", kind, needed)
                        .isThrownBy(
                                () -> newContext(model, options, with(rounded)).close());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(MemoryKind.class)
    void newContext_cacheFarTooLarge_isRefusedWithTheFigures(MemoryKind kind) {
        try (Model model =
                Model.load(kind.write(folder), ModelOptions.builder().cpuOnly().build())) {
            ContextOptions options = kind.options().toBuilder()
                    .contextSize(1 << 20)
                    .maxSequences(200)
                    .batchSize(512)
                    .build();
            MemoryCheck memory = with(MIB);
            assertThatExceptionOfType(DeviceMemoryException.class)
                    .isThrownBy(() -> newContext(model, options, memory).close())
                    .withMessageContainingAll(
                            "Model '" + kind.name() + ".gguf'",
                            "context of " + (1 << 20) + " tokens and 200 sequences",
                            "which has 1.0 MiB for them",
                            "the control group /docker/abc of this process",
                            "may use 512.0 MiB and uses 511.0 MiB",
                            "smaller contextSize",
                            "-Dtokapu.memory.check=false");
        }
    }

    @Test
    void newContext_checkOff_goesOn() {
        try (Model model = Model.load(
                TestModels.tinyFile(), ModelOptions.builder().cpuOnly().build())) {
            ContextOptions options = TestModels.small().contextSize(65_536).build();
            MemoryCheck off = new MemoryCheck(with(MIB).memory(), false);
            assertThatNoException()
                    .isThrownBy(() -> newContext(model, options, off).close());
        }
    }

    @Test
    void computing_moreThanThereIs_isAWarning() {
        try (Model model = Model.load(
                        TestModels.tinyFile(), ModelOptions.builder().cpuOnly().build());
                NativeHandle context = newContext(model, TestModels.small().build(), MemoryCheck.now());
                LogCapture log = LogCapture.start()) {
            with(0).computing(context, 0);
            assertThat(log.messages(MemoryCheck.class.getName()))
                    .singleElement()
                    .asString()
                    .contains("Context of Model", "may take ", "uses 512.0 MiB", "microBatchSize");
            with(512 * MIB).computing(context, 0);
            assertThat(log.messages(MemoryCheck.class.getName())).hasSize(1);
        }
    }

    @Test
    void load_weightsThatMustBeCopied_areRefused() {
        Path file = TestModels.tinyFile();
        ModelOptions read =
                ModelOptions.builder().cpuOnly().loadMode(LoadMode.NONE).build();
        assertThatExceptionOfType(DeviceMemoryException.class)
                .isThrownBy(() -> weights(with(1000), file, read))
                .withMessageContainingAll(
                        file.toString(), "have to be copied", "/docker/abc", "LoadMode.MMAP", "=false");
        assertThatNoException().isThrownBy(() -> weights(with(512 * MIB), file, read));
        assertThatNoException()
                .isThrownBy(() -> weights(new MemoryCheck(with(1000).memory(), false), file, read));
        assertThatNoException()
                .isThrownBy(() -> weights(
                        with(1000), file, read.toBuilder().vocabOnly(true).build()));
    }

    /** F32 has no other order for any processor. */
    @Test
    void load_weightsThatAreMapped_areNot() {
        Path file = TinyGguf.builder().build().writeSplit(folder, 1).get(0);
        assertThatNoException()
                .isThrownBy(() -> weights(
                        with(1000), file, ModelOptions.builder().cpuOnly().build()));
    }

    private static void weights(MemoryCheck memory, Path file, ModelOptions options) {
        memory.weights(
                NativeRuntime.api(),
                ModelSource.file(file),
                new ModelLocation.Files(List.of(file)),
                options,
                List.of());
    }
}
