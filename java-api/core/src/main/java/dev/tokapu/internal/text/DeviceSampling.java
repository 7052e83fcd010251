package dev.tokapu.internal.text;

import dev.tokapu.Context;
import dev.tokapu.sampling.Dist;
import dev.tokapu.sampling.Greedy;
import dev.tokapu.sampling.LogitBias;
import dev.tokapu.sampling.MinP;
import dev.tokapu.sampling.Penalties;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.sampling.Temperature;
import dev.tokapu.sampling.TopK;
import dev.tokapu.sampling.TopP;

/**
 * Decides whether a generation samples where its logits are computed: {@code -Dtokapu.deviceSampling=auto|on|off}.
 *
 * <p>Automatic means: when the layers of the model lie on a GPU and every sampler of the chain can run there. Then only the
 * token crosses from the device, and not a float for each token of the vocabulary.
 *
 * <p>Thread safety: safe.
 */
final class DeviceSampling {

    static final String PROPERTY = "tokapu.deviceSampling";

    private DeviceSampling() {}

    /** Attaches the chain to the sequence, or takes it back; called before each generation. */
    static void choose(Context context, int sequence, SamplerChain chain) {
        SamplerChain.detach(context, sequence); // that of an answer before, which may not be closed
        if (wanted(context, chain)) {
            chain.attach(context, sequence);
        }
    }

    private static boolean wanted(Context context, SamplerChain chain) {
        String value = System.getProperty(PROPERTY, "auto");
        return switch (value) {
            case "on" -> true;
            case "off" -> false;
            case "auto" ->
                context.model().devices().stream()
                                .anyMatch(device -> device.type().isGpu())
                        && chain.samplers().stream().allMatch(DeviceSampling::runsThere);
            default ->
                throw new IllegalArgumentException(
                        "-D" + PROPERTY + '=' + value + " is not known; use auto, on or off");
        };
    }

    /** Dynamic temperature has another formula on devices, so the native library keeps it with the CPU. */
    private static boolean runsThere(Sampler sampler) {
        return sampler instanceof Greedy
                || sampler instanceof Dist
                || sampler instanceof TopK
                || sampler instanceof TopP
                || sampler instanceof MinP
                || sampler instanceof Temperature
                || sampler instanceof Penalties
                || sampler instanceof LogitBias;
    }
}
