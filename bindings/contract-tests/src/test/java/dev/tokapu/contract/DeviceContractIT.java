package dev.tokapu.contract;

import static dev.tokapu.spi.Status.ERROR_ARGUMENT;
import static dev.tokapu.spi.Status.ERROR_BACKEND;
import static dev.tokapu.spi.Status.ERROR_HANDLE;
import static dev.tokapu.spi.Status.ERROR_UNSUPPORTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.spi.DeviceInfoKey;
import dev.tokapu.spi.DeviceTextKey;
import dev.tokapu.spi.DeviceType;
import dev.tokapu.spi.ModelInfoKey;
import dev.tokapu.spi.ModelOptionI;
import org.junit.jupiter.api.Test;

/** Devices, placements, memory reports and attached sampler chains, as far as a CPU has them. */
class DeviceContractIT extends Contract {

    private static final byte[] NONE = new byte[0];

    /** The number of the CPU. */
    private int cpu() {
        int[] count = new int[1];
        ok(api.devices().count(count));
        for (int i = 0; i < count[0]; i++) {
            long[] info = new long[DeviceInfoKey.COUNT];
            ok(api.devices().info(i, info));
            if (info[DeviceInfoKey.TYPE] == DeviceType.CPU) {
                assertThat(info[DeviceInfoKey.MEMORY_TOTAL]).isPositive();
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
        assertThat(text((buf, length) -> api.devices().text(cpu, DeviceTextKey.NAME, buf, length)))
                .isEqualTo("CPU");
        assertThat(text((buf, length) -> api.devices().text(cpu, DeviceTextKey.BACKEND, buf, length)))
                .isEqualTo("CPU");
        ok(api.devices().check(cpu));
        refused(ERROR_ARGUMENT, api.devices().check(-1), "device is -1");
        refused(ERROR_ARGUMENT, api.devices().info(99, new long[DeviceInfoKey.COUNT]), "99");
        refused(ERROR_ARGUMENT, api.devices().info(cpu, new long[1]), "n_info");
    }

    @Test
    void cudaDriver_anyMachine_answers() {
        assertThat(text(api.backends()::cudaDriver)).matches("|.*\t.*");
    }

    @Test
    void backendLoad_missingFile_isRefused() {
        refused(ERROR_BACKEND, api.backends().load(utf8("/nowhere/libx.so"), new int[1]), "/nowhere/libx.so");
        refused(ERROR_BACKEND, api.backends().libraryOpen(utf8("/nowhere/libx.so")), "/nowhere/libx.so");
    }

    @Test
    void placementNew_badValues_areRefused() {
        int[] cpu = {cpu()};
        long[] placement = new long[1];
        float[] zero = {0};
        refused(
                ERROR_ARGUMENT,
                api.devices().placementNew(cpu, 1, new float[0], 0, NONE, cpu, 0, placement),
                "not a GPU");
        refused(ERROR_ARGUMENT, api.devices().placementNew(cpu, -1, zero, 1, NONE, cpu, 0, placement), "all shares");
        refused(
                ERROR_ARGUMENT,
                api.devices().placementNew(cpu, -1, zero, 0, utf8("([\0"), cpu, 1, placement),
                "regular expression");
        assertThatThrownBy(() -> api.devices().placementNew(cpu, 2, zero, 0, NONE, cpu, 0, placement))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> api.devices().placementNew(cpu, 0, zero, 0, utf8("a"), cpu, 1, placement))
                .isInstanceOf(IndexOutOfBoundsException.class);
        refused(ERROR_HANDLE, api.devices().placementFree(placement[0]));
    }

    @Test
    void modelLoad_placementOnCpu_reportsHostMemory() {
        int[] cpu = {cpu()};
        long[] placement = new long[1];
        long[] model = new long[1];
        ok(api.devices().placementNew(new int[0], 0, new float[0], 0, utf8("ffn_.*\0"), cpu, 1, placement));
        ok(api.models().load(paths(tinyModel()), 1, modelOptions(), NONE, 0, placement[0], null, model));
        cleanup(() -> api.models().free(model[0]));
        ok(api.devices().placementFree(placement[0]));

        int[] n = {-1};
        ok(api.models().devices(model[0], new int[0], n));
        assertThat(n).containsExactly(0);
        String lines = text((buf, length) -> api.models().memory(model[0], buf, length));
        assertThat(column(lines, 1)).isEqualTo(lines.lines().count() * cpu[0]);
        assertThat(column(lines, 2)).isGreaterThanOrEqualTo(modelInfo(model[0], ModelInfoKey.SIZE));
    }

    @Test
    void contextMemory_plannedModel_isWhatTheRealOneTakes() {
        long[] options = modelOptions();
        options[ModelOptionI.NO_ALLOC] = 1;
        long[] planned = new long[1];
        ok(api.models().load(paths(tinyModel()), 1, options, NONE, 0, 0, null, planned));
        cleanup(() -> api.models().free(planned[0]));
        long plan = context(planned[0]);
        long real = context(model());

        String planText = text((buf, length) -> api.contexts().memory(plan, buf, length));
        String realText = text((buf, length) -> api.contexts().memory(real, buf, length));
        assertThat(column(planText, 3)).isPositive().isEqualTo(column(realText, 3));
        assertThat(column(planText, 4)).isPositive().isEqualTo(column(realText, 4));
        refused(ERROR_UNSUPPORTED, decodeTokens(plan, 5), "no_alloc");
    }

    @Test
    void contextSetSampler_greedy_choosesTheSameTokens() {
        long model = model();
        long context = context(model);
        long sampler = sampler(model);
        ok(api.samplers().addGreedy(sampler));
        int[] expected = new int[1];
        ok(decodeTokens(context, 5, 6, 7));
        ok(api.samplers().sample(sampler, context, -1, expected));

        int[] attached = {-1};
        ok(api.samplers().contextSetSampler(context, 0, sampler, attached));
        assertThat(attached).containsExactly(1);
        ok(api.memory().clear(context, 0));
        ok(decodeTokens(context, 5, 6, 7));
        int[] token = new int[1];
        ok(api.samplers().sample(sampler, context, -1, token));
        assertThat(token).isEqualTo(expected);
        refused(
                ERROR_ARGUMENT,
                api.contexts().logits(context, -1, new float[vocabSize(model)]),
                "stayed on the device");
        refused(ERROR_ARGUMENT, api.samplers().addTopK(sampler, 3), "attached");
        ok(api.samplers().contextSetSampler(context, 0, 0, attached));
        assertThat(attached).containsExactly(0);
        ok(api.samplers().addTopK(sampler, 3));
    }
}
