package dev.tokapu;

import dev.tokapu.device.Device;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.device.Placement;
import dev.tokapu.device.SplitMode;
import dev.tokapu.exception.ContextCreationException;
import dev.tokapu.exception.DeviceMemoryException;
import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.internal.natives.NativeErrors;
import dev.tokapu.internal.util.Checks;
import dev.tokapu.source.ModelSource;
import dev.tokapu.spi.ModelOptionI;
import dev.tokapu.spi.OverrideType;
import dev.tokapu.spi.Probe;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How a model is loaded, and where its parts go. The defaults are llama.cpp's.
 *
 * <p>Thread safety: immutable.
 *
 * @param loadMode how its bytes get into memory
 * @param lazyMode whether rows of large tensors are read on demand
 * @param vocabOnly whether only the vocabulary and metadata are loaded; such a model tokenizes but makes no contexts
 * @param checkTensors whether the tensor data is validated, which reads all of it
 * @param repack whether weights may be rearranged for this processor (llama.cpp: {@code use_extra_bufts}); faster, needs
 *     memory of its own
 * @param metadataOverrides replacements for entries of the GGUF metadata that are no arrays: integers, floating-point numbers, booleans or
 *     strings of less than 128 bytes; {@link Model#metadata()} shows them. A key that the file does not have is logged as a
 *     warning: llama.cpp ignores unknown keys
 * @param placement which devices hold it
 * @param trial how a file is tried before it is loaded
 * @param progress hears how far the load is and may cancel it; null for none
 * @since 0.1
 */
public record ModelOptions(
        LoadMode loadMode,
        LazyMode lazyMode,
        boolean vocabOnly,
        boolean checkTensors,
        boolean repack,
        Map<String, Object> metadataOverrides,
        Placement placement,
        FileTrial trial,
        @Nullable LoadProgress progress) {

    private static final String TEMPLATE_KEY = "tokenizer.chat_template";

    /** Keys and texts of overrides are arrays of this many bytes in llama.cpp, with a NUL at the end. */
    private static final int OVERRIDE_BYTES = 128;

    /** The tensors of experts, as llama.cpp's {@code --cpu-moe} has them. */
    private static final String EXPERTS = "\\.ffn_(up|down|gate|gate_up)_(ch|)exps";

    private static final ModelOptions DEFAULTS = new ModelOptions(
            LoadMode.AUTO, LazyMode.AUTO, false, false, true, Map.of(), Placement.automatic(), FileTrial.AUTO, null);

    /** Validates. */
    public ModelOptions {
        Objects.requireNonNull(loadMode, "loadMode");
        Objects.requireNonNull(lazyMode, "lazyMode");
        Objects.requireNonNull(placement, "placement");
        Objects.requireNonNull(trial, "trial");
        metadataOverrides = Collections.unmodifiableMap(new LinkedHashMap<>(metadataOverrides));
        metadataOverrides.forEach(ModelOptions::checkOverride);
    }

    /**
     * The defaults.
     *
     * @return options as llama.cpp's own
     */
    public static ModelOptions defaults() {
        return DEFAULTS;
    }

    /**
     * A builder that starts from the defaults.
     *
     * @return the builder
     */
    public static Builder builder() {
        return DEFAULTS.toBuilder();
    }

    /**
     * A builder that starts from these options.
     *
     * @return the builder
     */
    public Builder toBuilder() {
        return new Builder(this);
    }

    private static void checkOverride(String key, Object value) {
        checkText("key", key);
        if (key.startsWith(TEMPLATE_KEY)) {
            throw new IllegalArgumentException(
                    "metadata override " + key + ": llama.cpp takes chat templates from the file"
                            + " only; give yours to ChatOptions.template or ChatTemplate.of");
        }
        if (value instanceof String text) {
            checkText("value of " + key, text);
        } else if (!(value instanceof Boolean) && !isInteger(value) && !isFloat(value)) {
            throw new IllegalArgumentException("metadata override " + key + " has a value of " + value.getClass()
                    + "; use an integer, a floating-point number, a boolean or a string");
        }
    }

    private static void checkText(String what, String text) {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes >= OVERRIDE_BYTES || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("metadata override: the " + what + " has " + bytes
                    + " bytes; it must have less than " + OVERRIDE_BYTES + " and no NUL character");
        }
    }

    private static boolean isInteger(Object value) {
        return value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte;
    }

    private static boolean isFloat(Object value) {
        return value instanceof Double || value instanceof Float;
    }

    /**
     * The memory that a model and a context would take, found out without reading the weights.
     *
     * @param source where the model comes from
     * @param context the settings of the context
     * @return where every byte would be
     * @throws ModelLoadException when the model is missing, unreadable, damaged or unknown to llama.cpp
     * @throws ContextCreationException when llama.cpp cannot create such a context
     * @throws DeviceMemoryException when the host cannot even plan it
     */
    public MemoryReport estimate(ModelSource source, ContextOptions context) {
        return Fitting.estimate(source, this, context);
    }

    /**
     * Chooses context size and layers so that model and context fit the free memory of the devices, with {@link
     * FitOptions#defaults()}.
     *
     * @param source where the model comes from
     * @param context the settings of the context; a size of 0 or {@link ContextOptions#AUTO_CONTEXT_SIZE} is chosen
     * @return options to load with, and why
     * @throws ModelLoadException when the model is missing, unreadable, damaged or unknown to llama.cpp
     * @throws DeviceMemoryException when the host cannot even plan a context of the size that was set
     */
    public Fit fit(ModelSource source, ContextOptions context) {
        return fit(source, context, FitOptions.defaults());
    }

    /**
     * Chooses context size and layers so that model and context fit the free memory of the devices. First the context gets
     * smaller, unless its size was set; then the experts of a mixture-of-experts model go to the host's memory; then layers
     * do. A placement that was set by hand (layers, shares, rules) stays as it is.
     *
     * @param source where the model comes from
     * @param context the settings of the context; a size of 0 or {@link ContextOptions#AUTO_CONTEXT_SIZE} is chosen
     * @param options how much memory stays free, how small the context may get
     * @return options to load with, and why
     * @throws ModelLoadException when the model is missing, unreadable, damaged or unknown to llama.cpp
     * @throws DeviceMemoryException when the host cannot even plan a context of the size that was set
     */
    public Fit fit(ModelSource source, ContextOptions context, FitOptions options) {
        return Fitting.fit(source, this, context, options);
    }

    /** The numbers of the options as the header wants them, for a model whose layers these devices may hold. */
    long[] toNative(List<Device> devices) {
        long[] options = new long[ModelOptionI.COUNT];
        options[ModelOptionI.LOAD_MODE] = loadMode.code();
        options[ModelOptionI.LAZY_MODE] = lazyMode.code();
        options[ModelOptionI.VOCAB_ONLY] = vocabOnly ? 1 : 0;
        options[ModelOptionI.CHECK_TENSORS] = checkTensors ? 1 : 0;
        options[ModelOptionI.USE_EXTRA_BUFTS] = repack ? 1 : 0;
        options[ModelOptionI.PROBE] = Probe.CHECK; // more where the file is known, see FileTrials
        PlacementCalls.write(placement, devices, options);
        return options;
    }

    /** The overrides as the header wants them: key, type and value of each. */
    byte[] overridesToNative() {
        List<String> texts = new ArrayList<>();
        metadataOverrides.forEach((key, value) -> {
            texts.add(key);
            texts.add(Integer.toString(overrideType(value)));
            texts.add(value.toString());
        });
        return NativeErrors.utf8List(texts);
    }

    /** A pattern for the experts of these layers. */
    static String expertsOf(List<Integer> layers) {
        return layers.stream().map(String::valueOf).collect(Collectors.joining("|", "blk\\.(", ")")) + EXPERTS;
    }

    private static int overrideType(Object value) {
        if (value instanceof Boolean) {
            return OverrideType.BOOL;
        }
        if (isInteger(value)) {
            return OverrideType.INT;
        }
        return isFloat(value) ? OverrideType.FLOAT : OverrideType.TEXT;
    }

    /**
     * Builds {@link ModelOptions}.
     *
     * <p>Thread safety: none; use it in one thread.
     *
     * @since 0.1
     */
    public static final class Builder {

        private LoadMode loadMode;
        private LazyMode lazyMode;
        private boolean vocabOnly;
        private boolean checkTensors;
        private boolean repack;
        private Map<String, Object> metadataOverrides;
        private Placement placement;
        private FileTrial trial;
        private @Nullable LoadProgress progress;

        private Builder(ModelOptions from) {
            loadMode = from.loadMode;
            lazyMode = from.lazyMode;
            vocabOnly = from.vocabOnly;
            checkTensors = from.checkTensors;
            repack = from.repack;
            metadataOverrides = from.metadataOverrides;
            placement = from.placement;
            trial = from.trial;
            progress = from.progress;
        }

        /**
         * How the bytes of the model get into memory; default {@link LoadMode#AUTO}.
         *
         * @param value the mode
         * @return this
         */
        public Builder loadMode(LoadMode value) {
            loadMode = value;
            return this;
        }

        /**
         * Whether rows of large tensors are read on demand; default {@link LazyMode#AUTO}.
         *
         * @param value the mode
         * @return this
         */
        public Builder lazyMode(LazyMode value) {
            lazyMode = value;
            return this;
        }

        /**
         * Whether only the vocabulary and metadata are loaded; default false.
         *
         * @param value true for no weights
         * @return this
         */
        public Builder vocabOnly(boolean value) {
            vocabOnly = value;
            return this;
        }

        /**
         * Whether the tensor data is validated; default false.
         *
         * @param value true to validate
         * @return this
         */
        public Builder checkTensors(boolean value) {
            checkTensors = value;
            return this;
        }

        /**
         * Whether weights may be rearranged for this processor; default true.
         *
         * @param value false to use them as they are in the file
         * @return this
         */
        public Builder repack(boolean value) {
            repack = value;
            return this;
        }

        /**
         * Replacements for entries of the GGUF metadata; default none.
         *
         * @param value keys and integers, floating-point numbers, booleans or strings
         * @return this
         */
        public Builder metadataOverrides(Map<String, Object> value) {
            metadataOverrides = value;
            return this;
        }

        /**
         * Where the parts of the model go, all at once; default {@link Placement#automatic()}. The following methods change
         * one thing of it each.
         *
         * @param value the placement
         * @return this
         */
        public Builder placement(Placement value) {
            placement = value;
            return this;
        }

        /**
         * The devices that may hold layers, in this order; none for the CPU alone; default: the best that work.
         *
         * @param value devices, see {@link Tokapu#devices()} and {@link Tokapu#device(String)}
         * @return this
         */
        public Builder devices(Device... value) {
            Placement p = placement;
            return placement(new Placement(
                    List.of(value), p.gpuLayers(), p.splitMode(), p.tensorSplit(), p.mainDevice(), p.rules()));
        }

        /**
         * Keeps everything with the CPU, whatever devices there are.
         *
         * @return this
         */
        public Builder cpuOnly() {
            return placement(Placement.cpu());
        }

        /**
         * Layers that go to the devices, the last ones first; default {@link Placement#ALL_LAYERS}.
         *
         * @param value 0 or more, or {@link Placement#ALL_LAYERS}
         * @return this
         */
        public Builder gpuLayers(int value) {
            Placement p = placement;
            return placement(
                    new Placement(p.devices(), value, p.splitMode(), p.tensorSplit(), p.mainDevice(), p.rules()));
        }

        /**
         * How the model is divided among several devices; default {@link SplitMode#LAYER}.
         *
         * @param value the mode
         * @return this
         */
        public Builder splitMode(SplitMode value) {
            Placement p = placement;
            return placement(
                    new Placement(p.devices(), p.gpuLayers(), value, p.tensorSplit(), p.mainDevice(), p.rules()));
        }

        /**
         * The share of each device, in any unit; default: as their memory is free.
         *
         * @param value one for each device; none for the default
         * @return this
         */
        public Builder tensorSplit(float... value) {
            Placement p = placement;
            List<Float> shares = new ArrayList<>();
            for (float share : value) {
                shares.add(share);
            }
            return placement(
                    new Placement(p.devices(), p.gpuLayers(), p.splitMode(), shares, p.mainDevice(), p.rules()));
        }

        /**
         * The device that holds the whole model with {@link SplitMode#NONE}; default: the first.
         *
         * @param value one of the devices
         * @return this
         */
        public Builder mainDevice(Device value) {
            Placement p = placement;
            return placement(
                    new Placement(p.devices(), p.gpuLayers(), p.splitMode(), p.tensorSplit(), value, p.rules()));
        }

        /**
         * Sends the tensors with certain names to a device, after the rules that are there already.
         *
         * @param pattern a regular expression (ECMAScript) that is searched in the names of tensors
         * @param device whose memory holds them; the CPU for the host's
         * @return this
         */
        public Builder tensorsTo(String pattern, Device device) {
            return rule(new Placement.Rule(pattern, Objects.requireNonNull(device, "device")));
        }

        /**
         * Keeps the experts of a mixture-of-experts model in the host's memory: most of its weights, of which each token needs
         * few.
         *
         * @return this
         */
        public Builder expertsOnCpu() {
            return rule(new Placement.Rule(EXPERTS, null));
        }

        /**
         * Keeps the experts of the first layers in the host's memory.
         *
         * @param layers how many layers
         * @return this
         */
        public Builder expertsOnCpu(int layers) {
            Checks.atLeast("layers", layers, 1);
            return rule(new Placement.Rule(
                    expertsOf(IntStream.range(0, layers).boxed().toList()), null));
        }

        private Builder rule(Placement.Rule rule) {
            Placement p = placement;
            List<Placement.Rule> rules = new ArrayList<>(p.rules());
            rules.add(rule);
            return placement(
                    new Placement(p.devices(), p.gpuLayers(), p.splitMode(), p.tensorSplit(), p.mainDevice(), rules));
        }

        /**
         * How a file is tried before it is loaded; default {@link FileTrial#AUTO}.
         *
         * @param value the trial
         * @return this
         */
        public Builder trial(FileTrial value) {
            trial = value;
            return this;
        }

        /**
         * Hears how far the load is and may cancel it; default none.
         *
         * @param value the listener
         * @return this
         */
        public Builder progress(@Nullable LoadProgress value) {
            progress = value;
            return this;
        }

        /**
         * The options.
         *
         * @return the options
         * @throws IllegalArgumentException when a value makes no sense
         */
        public ModelOptions build() {
            return new ModelOptions(
                    loadMode, lazyMode, vocabOnly, checkTensors, repack, metadataOverrides, placement, trial, progress);
        }
    }
}
