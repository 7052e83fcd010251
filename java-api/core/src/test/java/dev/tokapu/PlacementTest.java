package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.device.Device;
import dev.tokapu.device.DeviceType;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.device.SplitMode;
import dev.tokapu.exception.DeviceMemoryException;
import dev.tokapu.internal.device.Devices;
import dev.tokapu.spi.ModelInfoKey;
import dev.tokapu.spi.ModelOptionI;
import dev.tokapu.spi.Status;
import dev.tokapu.testsupport.LogCapture;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PlacementTest {

    private static final Device GPU0 = FakeApi.gpu(1, "CUDA0");
    private static final Device GPU1 = FakeApi.gpu(2, "CUDA1");

    private final FakeApi fake = new FakeApi().devices(FakeApi.cpu(), GPU0, GPU1);
    private Object[] placement = {};
    private long[] options = {};

    PlacementTest() {
        fake.on("devices.placementNew", a -> {
            placement = a;
            ((long[]) a[7])[0] = 77;
            return 0;
        });
        fake.on("models.load", a -> {
            options = (long[]) a[2];
            assertThat(a[5]).isEqualTo(77L);
            ((long[]) a[7])[0] = 5;
            return 0;
        });
    }

    @AfterEach
    void forget() {
        System.clearProperty(Devices.PROPERTY);
    }

    private void load(ModelOptions.Builder builder) {
        fake.model(builder.build()).close();
        assertThat(fake.count("devices.placementFree")).isEqualTo(1);
    }

    private int[] devices() {
        assertThat(placement[1]).isEqualTo(((int[]) placement[0]).length);
        return (int[]) placement[0];
    }

    @Test
    void devices_cuda_areDescribed() {
        assertThat(Devices.of(fake.api()).list()).hasSize(3).element(1).isEqualTo(GPU0);
        assertThat(Devices.of(fake.api()).named("cuda1").index()).isEqualTo(2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Devices.of(fake.api()).named("CUDA7"))
                .withMessage("no device is called 'CUDA7'; there are CPU, CUDA0, CUDA1");
    }

    @Test
    void automatic_workingGpus_takesThemAll() {
        load(ModelOptions.builder());
        assertThat(devices()).containsExactly(1, 2);
        assertThat(options[ModelOptionI.N_GPU_LAYERS]).isEqualTo(-1);
        assertThat(options[ModelOptionI.SPLIT_MODE]).isEqualTo(1);
        assertThat(options[ModelOptionI.NO_ALLOC]).isZero();
        fake.model().close();
        assertThat(fake.count("devices.check"))
                .as("each device is checked once")
                .isEqualTo(2);
    }

    @Test
    void automatic_brokenGpu_isLeftOutWithOneWarning() {
        fake.broken(Map.of(1, "no kernel image for this device"));
        try (LogCapture log = LogCapture.start()) {
            load(ModelOptions.builder());
            assertThat(devices()).containsExactly(2);
            fake.model().close();
            assertThat(log.messages(Devices.class.getName()))
                    .singleElement()
                    .asString()
                    .contains("CUDA0: no kernel image for this device", "Models run on CUDA1");
        }
    }

    @Test
    void automatic_nothingWorks_fallsBackToCpu() {
        fake.broken(Map.of(1, "driver too old", 2, "driver too old"));
        try (LogCapture log = LogCapture.start()) {
            load(ModelOptions.builder().splitMode(SplitMode.TENSOR).tensorSplit(1, 1));
            assertThat(devices()).isEmpty();
            assertThat(options[ModelOptionI.SPLIT_MODE]).isEqualTo(1);
            assertThat(log.messages(Devices.class.getName()))
                    .singleElement()
                    .asString()
                    .contains("driver too old", "Models run on the CPU");
        }
    }

    @Test
    void automatic_sameGpuByTwoBackends_takesItOnce() {
        Device vulkan =
                new Device(3, "Vulkan0", "Vulkan", "Fake GPU", DeviceType.GPU, GPU0.id(), 16L << 30, 15L << 30, "", "");
        Device integrated =
                new Device(4, "Vulkan1", "Vulkan", "Integrated", DeviceType.IGPU, "", 8L << 30, 8L << 30, "", "");
        Device remote = new Device(5, "RPC0", "RPC", "far away", DeviceType.GPU, "", 8L << 30, 8L << 30, "", "");
        fake.devices(FakeApi.cpu(), GPU0, GPU1, vulkan, integrated, remote);
        load(ModelOptions.builder());
        assertThat(devices()).containsExactly(5, 1, 2);
    }

    @Test
    void automatic_integratedOnly_takesThem() {
        Device integrated =
                new Device(1, "Vulkan0", "Vulkan", "Integrated", DeviceType.IGPU, "", 8L << 30, 8L << 30, "", "");
        fake.devices(FakeApi.cpu(), integrated);
        load(ModelOptions.builder());
        assertThat(devices()).containsExactly(1);
    }

    @Test
    void property_names_overrideAutomatic() {
        System.setProperty(Devices.PROPERTY, "CUDA1");
        load(ModelOptions.builder());
        assertThat(devices()).containsExactly(2);
        assertThat(fake.count("devices.check")).isZero();
        System.setProperty(Devices.PROPERTY, "none");
        fake.model().close();
        assertThat(devices()).isEmpty();
        System.setProperty(Devices.PROPERTY, "CUDA0,CUDA9");
        assertThatIllegalArgumentException()
                .isThrownBy(fake::model)
                .withMessage("-Dtokapu.devices=CUDA0,CUDA9: no device is called 'CUDA9'; there are CPU, CUDA0, CUDA1;"
                        + " or give none for the CPU alone");
    }

    @Test
    void builder_everything_reachesTheHeader() {
        load(ModelOptions.builder()
                .devices(GPU1, GPU0)
                .gpuLayers(7)
                .splitMode(SplitMode.NONE)
                .tensorSplit(3, 1)
                .mainDevice(GPU0)
                .tensorsTo("token_embd", GPU1)
                .expertsOnCpu(2)
                .expertsOnCpu());
        assertThat(devices()).containsExactly(2, 1);
        assertThat((float[]) placement[2]).containsExactly(3, 1);
        assertThat(new String((byte[]) placement[4], StandardCharsets.UTF_8).split("\0"))
                .containsExactly(
                        "token_embd",
                        "blk\\.(0|1)\\.ffn_(up|down|gate|gate_up)_(ch|)exps",
                        "\\.ffn_(up|down|gate|gate_up)_(ch|)exps");
        assertThat((int[]) placement[5]).containsExactly(2, 0, 0);
        assertThat(options[ModelOptionI.N_GPU_LAYERS]).isEqualTo(7);
        assertThat(options[ModelOptionI.SPLIT_MODE]).isZero();
        assertThat(options[ModelOptionI.MAIN_GPU]).isEqualTo(1);
    }

    @Test
    void cpuOnly_gpusThere_usesNone() {
        load(ModelOptions.builder().cpuOnly());
        assertThat(devices()).isEmpty();
        assertThat(options[ModelOptionI.N_GPU_LAYERS]).isZero();
        assertThat(fake.count("devices.check")).isZero();
    }

    @Test
    void vocabOnly_gpusThere_checksNone() {
        load(ModelOptions.builder().vocabOnly(true));
        assertThat(devices()).isEmpty();
        assertThat(fake.count("devices.check")).isZero();
    }

    @Test
    void placement_badValues_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelOptions.builder().gpuLayers(-2))
                .withMessageContaining("gpuLayers is -2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelOptions.builder().devices(GPU0, GPU0))
                .withMessageContaining("[CUDA0, CUDA0]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelOptions.builder().tensorSplit(1, -1))
                .withMessageContaining("-1.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelOptions.builder().tensorSplit(0, 0))
                .withMessageContaining("nothing");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelOptions.builder().devices(GPU0).tensorSplit(1, 1))
                .withMessageContaining("2 shares for 1 devices [CUDA0]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelOptions.builder().devices(GPU0).mainDevice(GPU1))
                .withMessageContaining("mainDevice CUDA1 is not among the devices [CUDA0]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelOptions.builder().tensorsTo("", GPU0))
                .withMessageContaining("pattern");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        fake.model(ModelOptions.builder().tensorSplit(1, 1, 1).build()))
                .withMessageContaining("3 shares for 2 devices [CUDA0, CUDA1]");
    }

    @Test
    void load_outOfMemory_isTypedAndSaysWhatToDo() {
        fake.fail("models.load", Status.ERROR_MEMORY, "CUDA0: 15 GiB wanted, 14 GiB free");
        assertThatExceptionOfType(DeviceMemoryException.class)
                .isThrownBy(fake::model)
                .withMessageContaining("folder/fake.gguf")
                .withMessageContaining("CUDA0: 15 GiB wanted, 14 GiB free")
                .withMessageContaining("Fit.of()");
        assertThat(fake.count("devices.placementFree")).isEqualTo(1);
    }

    @Test
    void newContext_outOfMemory_isTyped() {
        try (Model model = fake.model()) {
            fake.fail("contexts.create", Status.ERROR_MEMORY, "CUDA0: 3 GiB wanted");
            assertThatExceptionOfType(DeviceMemoryException.class)
                    .isThrownBy(model::newContext)
                    .withMessageContaining("CUDA0: 3 GiB wanted");
        }
    }

    @Test
    void memory_linesOfTheHeader_becomeRowsAndTotals() {
        String lines = """
                CUDA0\t1\t1048576\t2097152\t0
                CPU_Mapped\t0\t512\t0\t0
                CUDA0_Split\t1\t4\t0\t0
                CPU_REPACK\t0\t8\t0\t0
                Meta\t-1\t16\t0\t0
                """;
        fake.on("contexts.memory", a -> FakeApi.text(a[1], a[2], lines));
        fake.on("models.memory", a -> FakeApi.text(a[1], a[2], "CUDA0\t1\t1048576\n"));
        try (Model model = fake.model();
                Context context = model.newContext()) {
            assertThat(model.memory().rows())
                    .containsExactly(new MemoryReport.Row("CUDA0", "CUDA0", GPU0, 1 << 20, 0, 0));
            MemoryReport report = context.memory();
            assertThat(report.totals())
                    .containsExactly(
                            new MemoryReport.Row("total", "CUDA0", GPU0, (1 << 20) + 4, 2 << 20, 0),
                            new MemoryReport.Row("total", "host", null, 520, 0, 0),
                            new MemoryReport.Row("total", "several", null, 16, 0, 0));
            assertThat(report.bytesOn(GPU0)).isEqualTo((3 << 20) + 4);
            assertThat(report.bytesOn(GPU1)).isZero();
            assertThat(report.bytesOn(FakeApi.cpu())).isEqualTo(520);
            assertThat(report.totalBytes()).isEqualTo((3 << 20) + 540);
            assertThat(report.toString()).contains("CPU_REPACK", "3.0 MiB").hasLineCount(9);
        }
    }

    @Test
    void model_devices_areThoseOfItsLayers() {
        fake.on("models.info", a -> {
            ((long[]) a[1])[ModelInfoKey.N_DEVICES] = 2;
            return 0;
        });
        fake.on("models.devices", a -> {
            ((int[]) a[1])[0] = 2;
            ((int[]) a[1])[1] = 1;
            ((int[]) a[2])[0] = 2;
            return 0;
        });
        try (Model model = fake.model();
                Model noLayers = fake.model(ModelOptions.builder().gpuLayers(0).build())) {
            assertThat(model.devices()).containsExactly(GPU1, GPU0);
            assertThat(noLayers.devices()).isEqualTo(List.of());
        }
    }
}
