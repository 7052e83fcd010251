package dev.tokapu;

import dev.tokapu.device.Device;
import dev.tokapu.device.Placement;
import dev.tokapu.device.SplitMode;
import dev.tokapu.internal.natives.MetadataOverrides;
import dev.tokapu.internal.util.NamedValues;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a model is loaded, and where its parts go. The defaults are llama.cpp's, but that a file that this
 * machine has not seen is first tried in a child process ({@link FileTrial}).
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class ModelOptions {

    private static final ModelOptions DEFAULTS = builder().build();

    private final LoadMode loadMode;
    private final LazyMode lazyMode;
    private final boolean vocabOnly;
    private final boolean checkTensors;
    private final boolean repack;
    private final boolean mtpHeads;
    private final Map<String, Object> metadataOverrides;
    private final Placement placement;
    private final FileTrial trial;
    private final @Nullable LoadProgress progress;

    private ModelOptions(Builder builder) {
        loadMode = builder.loadMode;
        lazyMode = builder.lazyMode;
        vocabOnly = builder.vocabOnly;
        checkTensors = builder.checkTensors;
        repack = builder.repack;
        mtpHeads = builder.mtpHeads;
        metadataOverrides = Collections.unmodifiableMap(new LinkedHashMap<>(builder.metadataOverrides));
        placement = builder.placement;
        trial = builder.trial;
        progress = builder.progress;
        Objects.requireNonNull(loadMode, "loadMode");
        Objects.requireNonNull(lazyMode, "lazyMode");
        Objects.requireNonNull(placement, "placement");
        Objects.requireNonNull(trial, "trial");
        metadataOverrides.forEach(MetadataOverrides::check);
    }

    /** {@return the defaults} */
    public static ModelOptions defaults() {
        return DEFAULTS;
    }

    /** {@return a builder that starts from the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that starts from these options} */
    public Builder toBuilder() {
        return new Builder()
                .loadMode(loadMode)
                .lazyMode(lazyMode)
                .vocabOnly(vocabOnly)
                .checkTensors(checkTensors)
                .repack(repack)
                .mtpHeads(mtpHeads)
                .metadataOverrides(metadataOverrides)
                .placement(placement)
                .trial(trial)
                .progress(progress);
    }

    /** {@return how the bytes of the model get into memory} */
    public LoadMode loadMode() {
        return loadMode;
    }

    /** {@return whether rows of large tensors are read on demand} */
    public LazyMode lazyMode() {
        return lazyMode;
    }

    /** {@return whether only the vocabulary and metadata are loaded} */
    public boolean vocabOnly() {
        return vocabOnly;
    }

    /** {@return whether the tensor data is validated, which reads all of it} */
    public boolean checkTensors() {
        return checkTensors;
    }

    /** {@return whether weights may be rearranged for this processor} */
    public boolean repack() {
        return repack;
    }

    /** {@return whether the MTP heads of the file are loaded, for {@link Model#newMtpContext}} */
    public boolean mtpHeads() {
        return mtpHeads;
    }

    /** {@return the replacements for entries of the GGUF metadata} */
    public Map<String, Object> metadataOverrides() {
        return metadataOverrides;
    }

    /** {@return which devices hold the model} */
    public Placement placement() {
        return placement;
    }

    /** {@return how a file is tried before it is loaded} */
    public FileTrial trial() {
        return trial;
    }

    /** {@return what hears how far the load is and may cancel it; null for none} */
    public @Nullable LoadProgress progress() {
        return progress;
    }

    private NamedValues values() {
        return new NamedValues("ModelOptions")
                .with("loadMode", loadMode)
                .with("lazyMode", lazyMode)
                .with("vocabOnly", vocabOnly)
                .with("checkTensors", checkTensors)
                .with("repack", repack)
                .with("mtpHeads", mtpHeads)
                .with("metadataOverrides", metadataOverrides)
                .with("placement", placement)
                .with("trial", trial)
                .with("progress", progress);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ModelOptions that && values().equals(that.values());
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
     * Builds {@link ModelOptions}.
     *
     * <p>Thread safety: none; use it in one thread.
     *
     * @since 0.1
     */
    public static final class Builder {

        private LoadMode loadMode = LoadMode.AUTO;
        private LazyMode lazyMode = LazyMode.AUTO;
        private boolean vocabOnly = false;
        private boolean checkTensors = false;
        private boolean repack = true;
        private boolean mtpHeads = false;
        private Map<String, Object> metadataOverrides = Map.of();
        private Placement placement = Placement.automatic();
        private FileTrial trial = FileTrial.AUTO;
        private @Nullable LoadProgress progress;

        private Builder() {}

        /** How the bytes of the model get into memory; default {@link LoadMode#AUTO}. */
        public Builder loadMode(LoadMode value) {
            loadMode = value;
            return this;
        }

        /** Whether rows of large tensors are read on demand; default {@link LazyMode#AUTO}. */
        public Builder lazyMode(LazyMode value) {
            lazyMode = value;
            return this;
        }

        /** Whether only the vocabulary and metadata are loaded; such a model tokenizes but makes no contexts; default false. */
        public Builder vocabOnly(boolean value) {
            vocabOnly = value;
            return this;
        }

        /** Whether the tensor data is validated, which reads all of it; default false. */
        public Builder checkTensors(boolean value) {
            checkTensors = value;
            return this;
        }

        /**
         * Whether weights may be rearranged for this processor (llama.cpp: {@code use_extra_bufts}), which is faster
         * and needs memory of its own; default true.
         */
        public Builder repack(boolean value) {
            repack = value;
            return this;
        }

        /** Sets whether the MTP heads of the file, {@link ModelInfo#nextTokenLayerCount()} of them, are loaded too. */
        public Builder mtpHeads(boolean value) {
            mtpHeads = value;
            return this;
        }

        /**
         * Replacements for entries of the GGUF metadata that are no arrays: integers, floating-point numbers, booleans,
         * or strings of less than 128 bytes; {@link Model#metadata()} shows them. A key that the file does not have is
         * logged as a warning: llama.cpp ignores unknown keys. Default none.
         */
        public Builder metadataOverrides(Map<String, Object> value) {
            metadataOverrides = value;
            return this;
        }

        /**
         * Where the parts of the model go, all at once; default {@link Placement#automatic()}. The setters from {@link
         * #devices} on change one thing of it each.
         */
        public Builder placement(Placement value) {
            placement = value;
            return this;
        }

        /** How a file is tried before it is loaded; default {@link FileTrial#AUTO}. */
        public Builder trial(FileTrial value) {
            trial = value;
            return this;
        }

        /** Hears how far the load is and may cancel it; default none. */
        public Builder progress(@Nullable LoadProgress value) {
            progress = value;
            return this;
        }

        /**
         * The devices that may hold layers, in this order, see {@link Tokapu#devices()}; none for the CPU alone;
         * default: the best that work.
         */
        public Builder devices(Device... value) {
            return placement(placement.toBuilder().devices(List.of(value)).build());
        }

        /** Keeps everything with the CPU, whatever devices there are. */
        public Builder cpuOnly() {
            return placement(Placement.cpu());
        }

        /** Layers that go to the devices, the last ones first; 0 or more, or {@link Placement#ALL_LAYERS}, the default. */
        public Builder gpuLayers(int value) {
            return placement(placement.toBuilder().gpuLayers(value).build());
        }

        /** How the model is divided among several devices; default {@link SplitMode#LAYER}. */
        public Builder splitMode(SplitMode value) {
            return placement(placement.toBuilder().splitMode(value).build());
        }

        /** The share of each device, in any unit; none (the default) to divide by free memory. */
        public Builder tensorSplit(double... value) {
            List<Float> shares = new ArrayList<>();
            for (double share : value) {
                shares.add((float) share);
            }
            return placement(placement.toBuilder().tensorSplit(shares).build());
        }

        /** The device that holds the whole model with {@link SplitMode#NONE}; default: the first. */
        public Builder mainDevice(Device value) {
            return placement(placement.toBuilder().mainDevice(value).build());
        }

        /**
         * Sends the tensors with names that match a regular expression (ECMAScript, searched) to the memory of a
         * device, after the rules that are there already; the CPU for the host's.
         */
        public Builder tensorsTo(String pattern, Device device) {
            return placement(placement.toBuilder().tensorsTo(pattern, device).build());
        }

        /**
         * Keeps the experts of a mixture-of-experts model in the host's memory: most of its weights, of which each
         * token needs few.
         */
        public Builder expertsOnCpu() {
            return placement(placement.toBuilder().expertsOnCpu().build());
        }

        /** Keeps the experts of the first layers in the host's memory; 1 layer or more. */
        public Builder expertsOnCpu(int layers) {
            return placement(placement.toBuilder().expertsOnCpu(layers).build());
        }

        /** {@return the options; an {@link IllegalArgumentException} tells which value is out of range} */
        public ModelOptions build() {
            return new ModelOptions(this);
        }
    }
}
