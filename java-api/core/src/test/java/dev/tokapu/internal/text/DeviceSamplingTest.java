package dev.tokapu.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.Context;
import dev.tokapu.FakeApi;
import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.sampling.OnDevice;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.spi.ModelInfoKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeviceSamplingTest {

    private final FakeApi fake = new FakeApi().devices(FakeApi.cpu(), FakeApi.gpu(1, "CUDA0"));
    private final List<Long> attached = new ArrayList<>();

    DeviceSamplingTest() {
        FakeApi usual = new FakeApi();
        fake.on("models.info", a -> {
            usual.api().models().info(0, (long[]) a[1]);
            ((long[]) a[1])[ModelInfoKey.N_DEVICES] = 1;
            return 0;
        });
        fake.on("models.devices", a -> {
            ((int[]) a[1])[0] = 1;
            ((int[]) a[2])[0] = 1;
            return 0;
        });
        fake.on("samplers.contextSetSampler", a -> {
            attached.add((Long) a[2]);
            ((int[]) a[3])[0] = 2;
            return 0;
        });
    }

    @AfterEach
    void forget() {
        System.clearProperty(DeviceSampling.PROPERTY);
    }

    private boolean attaches(ModelOptions options, Sampler... samplers) {
        attached.clear();
        try (Model model = fake.model(options);
                Context context = model.newContext();
                SamplerChain chain = SamplerChain.of(model, samplers)) {
            DeviceSampling.choose(context, 0, chain);
        }
        // The chain of the answer before is taken back in any case.
        assertThat(attached).hasSizeBetween(1, 2).startsWith(0L);
        return attached.size() == 2;
    }

    private boolean attaches(Sampler... samplers) {
        return attaches(ModelOptions.defaults(), samplers);
    }

    @Test
    void auto_layersOnGpu_dependsOnTheChain() {
        assertThat(attaches(Sampler.greedy())).isTrue();
        assertThat(attaches(Sampler.defaults(1).toArray(Sampler[]::new))).isTrue();
        assertThat(attaches(
                        Sampler.logitBias(Map.of(1, 2f)),
                        Sampler.penalties(64, 1.1, 0, 0),
                        Sampler.temperature(0.8),
                        Sampler.dist(1)))
                .isTrue();
        assertThat(attaches(Sampler.grammar("root ::= \"a\""), Sampler.greedy()))
                .isFalse();
        assertThat(attaches(Sampler.typicalP(0.9), Sampler.dist(1))).isFalse();
        assertThat(attaches(Sampler.dynamicTemperature(0.8, 0.5, 1), Sampler.dist(1)))
                .isFalse();
        assertThat(attaches(Sampler.mirostatV2(1, 5, 0.1))).isFalse();
    }

    @Test
    void auto_layersOnCpu_leavesTheChain() {
        assertThat(attaches(ModelOptions.builder().gpuLayers(0).build(), Sampler.greedy()))
                .isFalse();
    }

    @Test
    void property_onOrOff_isObeyed() {
        System.setProperty(DeviceSampling.PROPERTY, "on");
        assertThat(attaches(ModelOptions.builder().gpuLayers(0).build(), Sampler.greedy()))
                .isTrue();
        System.setProperty(DeviceSampling.PROPERTY, "off");
        assertThat(attaches(Sampler.greedy())).isFalse();
        System.setProperty(DeviceSampling.PROPERTY, "yes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> attaches(Sampler.greedy()))
                .withMessage("-Dtokapu.deviceSampling=yes is not known; use auto, on or off");
    }

    @Test
    void attach_answers_areNamed() {
        try (Model model = fake.model();
                Context context = model.newContext();
                SamplerChain chain = SamplerChain.of(model, Sampler.topK(4), Sampler.dist(1))) {
            assertThat(chain.attach(context, 0)).isEqualTo(OnDevice.PART);
            fake.on("samplers.contextSetSampler", a -> {
                ((int[]) a[3])[0] = 1;
                return 0;
            });
            assertThat(chain.attach(context, 0)).isEqualTo(OnDevice.WHOLE);
        }
    }
}
