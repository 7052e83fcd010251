package dev.tokapu.contract;

import static dev.tokapu.spi.NativeConstants.DEVICE_CPU;
import static dev.tokapu.spi.NativeConstants.DEVICE_INFO_COUNT;
import static dev.tokapu.spi.NativeConstants.DEVICE_INFO_MEMORY_TOTAL;
import static dev.tokapu.spi.NativeConstants.DEVICE_INFO_TYPE;
import static dev.tokapu.spi.NativeConstants.DEVICE_TEXT_BACKEND;
import static dev.tokapu.spi.NativeConstants.DEVICE_TEXT_NAME;
import static dev.tokapu.spi.NativeConstants.ERROR_ARGUMENT;
import static dev.tokapu.spi.NativeConstants.ERROR_BACKEND;
import static dev.tokapu.spi.NativeConstants.ERROR_HANDLE;
import static dev.tokapu.spi.NativeConstants.ERROR_UNSUPPORTED;
import static dev.tokapu.spi.NativeConstants.MODEL_INFO_SIZE;
import static dev.tokapu.spi.NativeConstants.MODEL_I_NO_ALLOC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Devices, placements, memory reports and attached sampler chains, as far as a CPU has them. */
class DeviceContractIT extends Contract {

    private static final byte[] NONE = new byte[0];

    /** The number of the CPU. */
    private int cpu() {
        int[] count = new int[1];
        ok(api.deviceCount(count));
        for (int i = 0; i < count[0]; i++) {
            long[] info = new long[DEVICE_INFO_COUNT];
            ok(api.deviceInfo(i, info));
            if (info[DEVICE_INFO_TYPE] == DEVICE_CPU) {
                assertThat(info[DEVICE_INFO_MEMORY_TOTAL]).isPositive();
                return i;
            }
        }
        throw new AssertionError("there is no CPU");
    }

    private static long column(String lines, int column) {
        return lines.lines()
                .mapToLong(line -> Long.parseLong(line.split("\t", -1)[column]))
                .sum();
    }

    @Test
    void device_cpu_isDescribedAndComputes() {
        int cpu = cpu();
        assertThat(text((buf, length) -> api.deviceText(cpu, DEVICE_TEXT_NAME, buf, length)))
                .isEqualTo("CPU");
        assertThat(text((buf, length) -> api.deviceText(cpu, DEVICE_TEXT_BACKEND, buf, length)))
                .isEqualTo("CPU");
        ok(api.deviceCheck(cpu));
        refused(ERROR_ARGUMENT, api.deviceCheck(-1), "device is -1");
        refused(ERROR_ARGUMENT, api.deviceInfo(99, new long[DEVICE_INFO_COUNT]), "99");
        refused(ERROR_ARGUMENT, api.deviceInfo(cpu, new long[1]), "n_info");
    }

    @Test
    void cudaDriver_anyMachine_answers() {
        assertThat(text(api::cudaDriver)).matches("|.*\t.*");
    }

    @Test
    void backendLoad_missingFile_isRefused() {
        refused(ERROR_BACKEND, api.backendLoad(utf8("/nowhere/libx.so"), new int[1]), "/nowhere/libx.so");
        refused(ERROR_BACKEND, api.libraryOpen(utf8("/nowhere/libx.so")), "/nowhere/libx.so");
    }

    @Test
    void placementNew_badValues_areRefused() {
        int[] cpu = {cpu()};
        long[] placement = new long[1];
        float[] zero = {0};
        refused(ERROR_ARGUMENT, api.placementNew(cpu, 1, new float[0], 0, NONE, cpu, 0, placement), "not a GPU");
        refused(ERROR_ARGUMENT, api.placementNew(cpu, -1, zero, 1, NONE, cpu, 0, placement), "all shares");
        refused(
                ERROR_ARGUMENT,
                api.placementNew(cpu, -1, zero, 0, utf8("([\0"), cpu, 1, placement),
                "regular expression");
        assertThatThrownBy(() -> api.placementNew(cpu, 2, zero, 0, NONE, cpu, 0, placement))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> api.placementNew(cpu, 0, zero, 0, utf8("a"), cpu, 1, placement))
                .isInstanceOf(IndexOutOfBoundsException.class);
        refused(ERROR_HANDLE, api.placementFree(placement[0]));
    }

    @Test
    void modelLoad_placementOnCpu_reportsHostMemory() {
        int[] cpu = {cpu()};
        long[] placement = new long[1];
        long[] model = new long[1];
        ok(api.placementNew(new int[0], 0, new float[0], 0, utf8("ffn_.*\0"), cpu, 1, placement));
        ok(api.modelLoad(paths(tinyModel()), 1, modelOptions(), NONE, 0, placement[0], null, model));
        cleanup(() -> api.modelFree(model[0]));
        ok(api.placementFree(placement[0]));

        int[] n = {-1};
        ok(api.modelDevices(model[0], new int[0], n));
        assertThat(n).containsExactly(0);
        String lines = text((buf, length) -> api.modelMemory(model[0], buf, length));
        assertThat(column(lines, 1)).isEqualTo(lines.lines().count() * cpu[0]);
        assertThat(column(lines, 2)).isGreaterThanOrEqualTo(modelInfo(model[0], MODEL_INFO_SIZE));
    }

    @Test
    void contextMemory_plannedModel_isWhatTheRealOneTakes() {
        long[] options = modelOptions();
        options[MODEL_I_NO_ALLOC] = 1;
        long[] planned = new long[1];
        ok(api.modelLoad(paths(tinyModel()), 1, options, NONE, 0, 0, null, planned));
        cleanup(() -> api.modelFree(planned[0]));
        long plan = context(planned[0]);
        long real = context(model());

        String planText = text((buf, length) -> api.contextMemory(plan, buf, length));
        String realText = text((buf, length) -> api.contextMemory(real, buf, length));
        assertThat(column(planText, 3)).isPositive().isEqualTo(column(realText, 3));
        assertThat(column(planText, 4)).isPositive().isEqualTo(column(realText, 4));
        refused(ERROR_UNSUPPORTED, decodeTokens(plan, 5), "no_alloc");
    }

    @Test
    void contextSetSampler_greedy_choosesTheSameTokens() {
        long model = model();
        long context = context(model);
        long sampler = sampler(model);
        ok(api.samplerAddGreedy(sampler));
        int[] expected = new int[1];
        ok(decodeTokens(context, 5, 6, 7));
        ok(api.samplerSample(sampler, context, -1, expected));

        int[] attached = {-1};
        ok(api.contextSetSampler(context, 0, sampler, attached));
        assertThat(attached).containsExactly(1);
        ok(api.memoryClear(context, 0));
        ok(decodeTokens(context, 5, 6, 7));
        int[] token = new int[1];
        ok(api.samplerSample(sampler, context, -1, token));
        assertThat(token).isEqualTo(expected);
        refused(ERROR_ARGUMENT, api.logits(context, -1, new float[vocabSize(model)]), "stayed on the device");
        refused(ERROR_ARGUMENT, api.samplerAddTopK(sampler, 3), "attached");
        ok(api.contextSetSampler(context, 0, 0, attached));
        assertThat(attached).containsExactly(0);
        ok(api.samplerAddTopK(sampler, 3));
    }
}
