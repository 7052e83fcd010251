package dev.tokapu.device;

import dev.tokapu.ModelOptions;
import dev.tokapu.internal.util.Checks;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the parts of a model go: which devices, how many layers, how they are divided. {@link ModelOptions.Builder} sets it
 * piece by piece.
 *
 * <p>Automatic means: all GPUs that work, integrated ones only when there are no others; the CPU when none works, and then a
 * line in the log says why. {@code -Dtokapu.devices=none} or {@code -Dtokapu.devices=CUDA0,CUDA1} replaces that choice.
 *
 * <p>Thread safety: immutable.
 *
 * @param devices the devices that may hold layers, in this order; empty for the CPU alone, null for automatic
 * @param gpuLayers layers that go to the devices, counted from the last one, the output layer being the first to go; {@link
 *     #ALL_LAYERS} for all (llama.cpp: {@code n_gpu_layers})
 * @param splitMode how the layers are divided among several devices
 * @param tensorSplit the share of each device, in any unit; empty to divide by free memory
 * @param mainDevice with {@link SplitMode#NONE} the device that holds the model; null for the first
 * @param rules tensors that go somewhere else; the first rule that matches decides
 * @since 0.1
 */
public record Placement(
        @Nullable List<Device> devices,
        int gpuLayers,
        SplitMode splitMode,
        List<Float> tensorSplit,
        @Nullable Device mainDevice,
        List<Rule> rules) {

    /** All layers, the output layer included. */
    public static final int ALL_LAYERS = -1;

    private static final Placement AUTOMATIC =
            new Placement(null, ALL_LAYERS, SplitMode.LAYER, List.of(), null, List.of());

    /**
     * Sends the tensors with certain names to a device.
     *
     * <p>Thread safety: immutable.
     *
     * @param pattern a regular expression (ECMAScript) that is searched in the names of tensors, for example {@code
     *     \.ffn_down\.weight$}
     * @param device whose memory holds them; null for the host's
     * @since 0.1
     */
    public record Rule(String pattern, @Nullable Device device) {

        /** Validates. */
        public Rule {
            if (pattern.isEmpty() || pattern.indexOf('\0') >= 0) {
                throw new IllegalArgumentException(
                        "the pattern of a tensor rule is empty or has a NUL character; give a regular expression");
            }
        }
    }

    /** Validates. */
    public Placement {
        Objects.requireNonNull(splitMode, "splitMode");
        devices = devices == null ? null : List.copyOf(devices);
        tensorSplit = List.copyOf(tensorSplit);
        rules = List.copyOf(rules);
        Checks.atLeast("gpuLayers", gpuLayers, ALL_LAYERS);
        if (devices != null
                && devices.stream().mapToInt(Device::index).distinct().count() < devices.size()) {
            throw new IllegalArgumentException("the devices " + names(devices) + " name one twice; name each once");
        }
        checkShares(tensorSplit, devices);
        if (devices != null && mainDevice != null) {
            mainIndex(mainDevice, devices);
        }
    }

    private static void checkShares(List<Float> shares, @Nullable List<Device> devices) {
        float sum = 0;
        for (float share : shares) {
            if (!(share >= 0) || Float.isInfinite(share)) {
                throw new IllegalArgumentException("tensorSplit " + shares + " has the share " + share
                        + "; shares are 0 or more, for example 3, 1");
            }
            sum += share;
        }
        if (!shares.isEmpty() && sum == 0) {
            throw new IllegalArgumentException("tensorSplit " + shares + " gives nothing to any device");
        }
        if (devices != null && !shares.isEmpty() && shares.size() != devices.size()) {
            throw new IllegalArgumentException("tensorSplit " + shares + " has " + shares.size() + " shares for "
                    + devices.size() + " devices " + names(devices) + "; give one for each");
        }
    }

    private static int mainIndex(Device main, List<Device> devices) {
        for (int i = 0; i < devices.size(); i++) {
            if (devices.get(i).index() == main.index()) {
                return i;
            }
        }
        throw new IllegalArgumentException("mainDevice " + main.name() + " is not among the devices " + names(devices)
                + "; add it or name another");
    }

    /**
     * This placement with the devices named.
     *
     * @param named the devices that may hold layers
     * @return the same in all else
     * @throws IllegalArgumentException when shares or main device do not fit them
     */
    public Placement on(List<Device> named) {
        return new Placement(named, gpuLayers, splitMode, tensorSplit, mainDevice, rules);
    }

    /**
     * The index of the main device among {@link #devices()}.
     *
     * @return 0 when no main device or no devices are named
     */
    public int mainIndex() {
        return mainDevice == null || devices == null ? 0 : mainIndex(mainDevice, devices);
    }

    private static List<String> names(List<Device> devices) {
        return devices.stream().map(Device::name).toList();
    }

    /**
     * The placement that leaves everything to Tokapu.
     *
     * @return all layers on the best devices that work
     */
    public static Placement automatic() {
        return AUTOMATIC;
    }

    /**
     * The placement without any device but the CPU.
     *
     * @return everything in the host's memory
     */
    public static Placement cpu() {
        return new Placement(List.of(), 0, SplitMode.LAYER, List.of(), null, List.of());
    }
}
