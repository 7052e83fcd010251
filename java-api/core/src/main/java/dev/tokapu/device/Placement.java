package dev.tokapu.device;

import dev.tokapu.ModelOptions;
import dev.tokapu.internal.util.Checks;
import dev.tokapu.internal.util.NamedValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Where the parts of a model go: which devices, how many layers, how they are divided. {@link ModelOptions.Builder} has the
 * same setters.
 *
 * <p>Automatic means: all GPUs that work, integrated ones only when there are no others; the CPU when none works, and then a
 * line in the log says why. {@code -Dtokapu.devices=none} or {@code -Dtokapu.devices=CUDA0,CUDA1} replaces that choice.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class Placement {

    /** All layers, the output layer included. */
    public static final int ALL_LAYERS = -1;

    /** The tensors of experts, as llama.cpp's {@code --cpu-moe} has them. */
    private static final String EXPERTS = "\\.ffn_(up|down|gate|gate_up)_(ch|)exps";

    private static final Placement AUTOMATIC = builder().build();

    private final @Nullable List<Device> devices;
    private final int gpuLayers;
    private final SplitMode splitMode;
    private final List<Float> tensorSplit;
    private final @Nullable Device mainDevice;
    private final List<TensorRule> rules;

    private Placement(Builder builder) {
        devices = builder.devices == null ? null : List.copyOf(builder.devices);
        gpuLayers = builder.gpuLayers;
        splitMode = builder.splitMode;
        tensorSplit = List.copyOf(builder.tensorSplit);
        mainDevice = builder.mainDevice;
        rules = List.copyOf(builder.rules);
        Objects.requireNonNull(splitMode, "splitMode");
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

    /** {@return a builder that starts from the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts from these options} */
    public Builder toBuilder() {
        return new Builder()
                .devices(devices)
                .gpuLayers(gpuLayers)
                .splitMode(splitMode)
                .tensorSplit(tensorSplit)
                .mainDevice(mainDevice)
                .rules(rules);
    }

    /** {@return the devices that may hold layers, in this order; empty for the CPU alone, null for automatic} */
    public @Nullable List<Device> devices() {
        return devices;
    }

    /** {@return the layers that go to the devices, counted from the last one, the output layer being the first to go} */
    public int gpuLayers() {
        return gpuLayers;
    }

    /** {@return how the model is divided among several devices} */
    public SplitMode splitMode() {
        return splitMode;
    }

    /** {@return the share of each device, in any unit; empty to divide by free memory} */
    public List<Float> tensorSplit() {
        return tensorSplit;
    }

    /** {@return the device that holds the model with {@link SplitMode#NONE}; null for the first} */
    public @Nullable Device mainDevice() {
        return mainDevice;
    }

    /** {@return the tensors that go somewhere else; the first rule that matches decides} */
    public List<TensorRule> rules() {
        return rules;
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

    private static List<String> names(List<Device> devices) {
        return devices.stream().map(Device::name).toList();
    }

    /** {@return the placement that leaves everything to Tokapu: all layers on the best devices that work} */
    public static Placement automatic() {
        return AUTOMATIC;
    }

    /** {@return the placement without any device but the CPU} */
    public static Placement cpu() {
        return builder().devices(List.of()).gpuLayers(0).build();
    }

    /**
     * This placement with the devices named.
     *
     * @param named the devices that may hold layers
     * @return the same in all else
     * @throws IllegalArgumentException when shares or main device do not fit them
     */
    public Placement on(List<Device> named) {
        return toBuilder().devices(named).build();
    }

    /** {@return the index of the main device among {@link #devices()}; 0 when no main device or no devices are named} */
    public int mainIndex() {
        return mainDevice == null || devices == null ? 0 : mainIndex(mainDevice, devices);
    }

    private NamedValues values() {
        return new NamedValues("Placement")
                .with("devices", devices)
                .with("gpuLayers", gpuLayers)
                .with("splitMode", splitMode)
                .with("tensorSplit", tensorSplit)
                .with("mainDevice", mainDevice)
                .with("rules", rules);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Placement that && values().equals(that.values());
    }

    @Override
    public int hashCode() {
        return values().hashCode();
    }

    @Override
    public String toString() {
        return values().toString();
    }

    /**
     * Builds {@link Placement}.
     *
     * <p>Thread safety: none; use it in one thread.
     *
     * @since 0.1
     */
    public static final class Builder {

        private @Nullable List<Device> devices;
        private int gpuLayers = ALL_LAYERS;
        private SplitMode splitMode = SplitMode.LAYER;
        private List<Float> tensorSplit = List.of();
        private @Nullable Device mainDevice;
        private List<TensorRule> rules = List.of();

        private Builder() {}

        /** The devices that may hold layers, in this order; empty for the CPU alone, null (the default) for automatic. */
        public Builder devices(@Nullable List<Device> value) {
            devices = value;
            return this;
        }

        /**
         * Layers that go to the devices (llama.cpp: {@code n_gpu_layers}), counted from the last one, the output layer
         * being the first to go; 0 or more, or {@link Placement#ALL_LAYERS}, the default.
         */
        public Builder gpuLayers(int value) {
            gpuLayers = value;
            return this;
        }

        /** How the model is divided among several devices; default {@link SplitMode#LAYER}. */
        public Builder splitMode(SplitMode value) {
            splitMode = value;
            return this;
        }

        /** The share of each device, in any unit; empty (the default) to divide by free memory. */
        public Builder tensorSplit(List<Float> value) {
            tensorSplit = value;
            return this;
        }

        /** The device that holds the whole model with {@link SplitMode#NONE}; null (the default) for the first. */
        public Builder mainDevice(@Nullable Device value) {
            mainDevice = value;
            return this;
        }

        /** Tensors that go somewhere else; the first rule that matches decides; default none. */
        public Builder rules(List<TensorRule> value) {
            rules = value;
            return this;
        }

        /** Appends a rule: tensors whose names match a pattern go to the memory of a device. */
        public Builder tensorsTo(String pattern, Device device) {
            return rule(new TensorRule(pattern, Objects.requireNonNull(device, "device")));
        }

        /**
         * Keeps the experts of a mixture-of-experts model in the host's memory: most of its weights, of which each token needs
         * few.
         */
        public Builder expertsOnCpu() {
            return rule(new TensorRule(EXPERTS, null));
        }

        /** Keeps the experts of the first layers in the host's memory; 1 layer or more. */
        public Builder expertsOnCpu(int layers) {
            Checks.atLeast("layers", layers, 1);
            return expertsOnCpu(IntStream.range(0, layers).boxed().toList());
        }

        /** Keeps the experts of some layers, by index from 0, in the host's memory. */
        public Builder expertsOnCpu(List<Integer> layers) {
            String indexes = layers.stream().map(String::valueOf).collect(Collectors.joining("|", "blk\\.(", ")"));
            return rule(new TensorRule(indexes + EXPERTS, null));
        }

        private Builder rule(TensorRule rule) {
            List<TensorRule> all = new ArrayList<>(rules);
            all.add(rule);
            return rules(all);
        }

        /** {@return the options; an {@link IllegalArgumentException} tells which value is out of range} */
        public Placement build() {
            return new Placement(this);
        }
    }
}
