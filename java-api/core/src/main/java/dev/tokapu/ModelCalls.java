package dev.tokapu;

import dev.tokapu.device.Device;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.exception.ContextCreationException;
import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.internal.device.Devices;
import dev.tokapu.internal.load.ModelLocation;
import dev.tokapu.internal.natives.MetadataOverrides;
import dev.tokapu.internal.natives.NativeErrors;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.natives.NativePaths;
import dev.tokapu.source.ModelSource;
import dev.tokapu.spi.ContextOptionI;
import dev.tokapu.spi.ModelInfoKey;
import dev.tokapu.spi.ModelOptionI;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.Probe;
import dev.tokapu.spi.ProgressListener;
import dev.tokapu.spi.Status;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The native calls of {@link Model}: everything about arrays and statuses that its users do not see. */
final class ModelCalls {

    private static final Logger LOG = LoggerFactory.getLogger(Model.class);

    /** Beginnings of keys that llama.cpp asks for though few files have them. */
    private static final List<String> ASKED_FOR = List.of("general.sampling.", "tokenizer.ggml.normalizer.");

    private ModelCalls() {}

    /** Loads a model that was found. */
    static NativeHandle load(NativeApi api, ModelSource source, ModelLocation location, ModelOptions options) {
        List<Device> devices = PlacementCalls.devices(api, options);
        MemoryCheck.beforeLoad(api, source, location, options, devices);
        return load(api, source, location, options, devices, numbers(options, devices));
    }

    /** Reads what is needed to tell how much memory the model would take, and nothing more: such a model cannot compute. */
    static NativeHandle plan(
            NativeApi api, ModelSource source, ModelLocation location, ModelOptions options, List<Device> devices) {
        long[] values = numbers(options, devices);
        values[ModelOptionI.NO_ALLOC] = 1;
        values[ModelOptionI.LOAD_MODE] = LoadMode.NONE.code(); // there is nothing to be mapped
        return load(api, source, location, options, devices, values);
    }

    private static NativeHandle load(
            NativeApi api,
            ModelSource source,
            ModelLocation location,
            ModelOptions options,
            List<Device> devices,
            long[] values) {
        long[] id = new long[1];
        FileTrials trial = FileTrials.of(options, location);
        trial.check(source, location, options);
        values[ModelOptionI.PROBE] = trial.code();
        long placement = PlacementCalls.open(api, options.placement(), devices);
        try (NativePaths paths = new NativePaths()) {
            int status = callLoad(api, location, options, values, placement, paths, id);
            if (status == Status.ERROR_MODEL || status == Status.ERROR_NATIVE) {
                throw new ModelLoadException(source.toString(), NativeErrors.lastError(api));
            }
            NativeErrors.check(api, status, "load", "model " + source);
            trial.passed();
        } finally {
            PlacementCalls.close(api, placement);
        }
        String name = source.toString();
        String shortName = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        return NativeHandle.shared(
                api,
                id[0],
                "Model '" + shortName + "'",
                (functions, freed) -> functions.models().free(freed));
    }

    private static int callLoad(
            NativeApi api,
            ModelLocation location,
            ModelOptions options,
            long[] values,
            long placement,
            NativePaths names,
            long[] id) {
        byte[] overrides = MetadataOverrides.toNative(options.metadataOverrides());
        int count = options.metadataOverrides().size();
        LoadProgress progress = options.progress();
        ProgressListener listener = progress == null ? null : progress::onProgress;
        if (location instanceof ModelLocation.Files files) {
            List<String> paths = files.paths().stream().map(names::of).toList();
            byte[] list = NativeErrors.utf8List(paths);
            return api.models().load(list, paths.size(), values, overrides, count, placement, listener, id);
        }
        if (location instanceof ModelLocation.Range range) {
            byte[] path = NativeErrors.utf8(names.of(range.path()));
            return api.models()
                    .loadRange(path, range.offset(), range.size(), values, overrides, count, placement, listener, id);
        }
        ModelLocation.Descriptor open = (ModelLocation.Descriptor) location;
        return api.models()
                .loadFd(open.fd(), open.offset(), open.size(), values, overrides, count, placement, listener, id);
    }

    /** The numbers of the options as the header wants them, for a model whose layers these devices may hold. */
    static long[] numbers(ModelOptions options, List<Device> devices) {
        long[] numbers = new long[ModelOptionI.COUNT];
        numbers[ModelOptionI.LOAD_MODE] = options.loadMode().code();
        numbers[ModelOptionI.LAZY_MODE] = options.lazyMode().code();
        numbers[ModelOptionI.VOCAB_ONLY] = options.vocabOnly() ? 1 : 0;
        numbers[ModelOptionI.CHECK_TENSORS] = options.checkTensors() ? 1 : 0;
        numbers[ModelOptionI.USE_EXTRA_BUFTS] = options.repack() ? 1 : 0;
        numbers[ModelOptionI.LOAD_MTP] = options.mtpHeads() ? 1 : 0;
        numbers[ModelOptionI.PROBE] = Probe.CHECK; // more where the file is known, see FileTrials
        PlacementCalls.write(options.placement(), devices, numbers);
        return numbers;
    }

    /** What the model says about itself in numbers. */
    static long[] info(NativeHandle model) {
        long[] info = new long[ModelInfoKey.COUNT];
        model.call("reading its description", id -> model.api().models().info(id, info));
        return info;
    }

    /** The devices that its layers may lie on. */
    static List<Device> devices(NativeHandle model, long[] info) {
        int[] devices = new int[(int) info[ModelInfoKey.N_DEVICES]];
        if (devices.length == 0) {
            return List.of();
        }
        int[] count = new int[1];
        model.call("listing its devices", id -> model.api().models().devices(id, devices, count));
        List<Device> all = Devices.of(model.api()).list();
        return Arrays.stream(devices, 0, count[0])
                .filter(index -> index >= 0)
                .mapToObj(all::get)
                .toList();
    }

    /** Creates the native part of a context of some kind, with the beginning of its name, when the host has the memory for its cache. */
    static NativeHandle newContext(
            NativeHandle model,
            ContextOptions options,
            int trainedContextSize,
            MemoryCheck memory,
            String name,
            NewContext function) {
        NativeApi api = model.api();
        long[] context = new long[1];
        long[] ints = ContextOptionArrays.ints(options, trainedContextSize);
        ints[ContextOptionI.HOST_MEMORY] = memory.mebibytes();
        long id = model.acquire();
        try {
            double[] floats = options.rope().floatsToNative();
            int status = function.create(api.contexts(), id, ints, floats, context);
            if (status == Status.ERROR_ARGUMENT) {
                throw new ContextCreationException(
                        model.name() + ": cannot create a context: " + NativeErrors.lastError(api));
            }
            if (status == Status.ERROR_MEMORY) {
                throw memory.refused(NativeErrors.failure(api, status, "creating a context", model.name()));
            }
            model.check(status, "creating a context");
        } finally {
            model.release();
        }
        return NativeHandle.confined(
                api,
                context[0],
                name + model.name(),
                (functions, freed) -> functions.contexts().free(freed),
                (functions, running) -> functions.contexts().abort(running, 1));
    }

    /** Where the weights lie. */
    static MemoryReport memory(NativeHandle model) {
        String text = model.text("memory", model.api().models()::memory);
        return memoryReport(text, Devices.of(model.api()).list());
    }

    /** Where model and context lie. */
    static MemoryReport contextMemory(NativeHandle context) {
        String text = context.text("memory", context.api().contexts()::memory);
        return memoryReport(text, Devices.of(context.api()).list());
    }

    /** Reads the rest of what the model says about itself. */
    static ModelInfo describe(NativeHandle model, long[] info, Map<String, String> metadata) {
        String description = model.text("description", model.api().models()::description);
        return new ModelInfo(info, description, metadata, labels(model, (int) info[ModelInfoKey.N_CLS_OUT]));
    }

    /**
     * All metadata, in the order of the file, with the overrides in their places; warns of overrides without effect, as
     * llama.cpp does not say which keys it asks for.
     */
    static Map<String, String> metadata(NativeHandle model, long[] info, ModelOptions options) {
        Map<String, String> entries = ofFile(model, (int) info[ModelInfoKey.N_META]);
        options.metadataOverrides().forEach((key, value) -> {
            if (!entries.containsKey(key) && ASKED_FOR.stream().noneMatch(key::startsWith)) {
                LOG.warn(
                        "{}: the file has no metadata '{}'; the override is in vain if llama.cpp does not know the key",
                        model.name(),
                        key);
            } else if (entries.getOrDefault(key, "").startsWith("[")) {
                LOG.warn("{}: the metadata '{}' are an array; llama.cpp does not take the override", model.name(), key);
            }
        });
        options.metadataOverrides().forEach((key, value) -> entries.put(key, value.toString()));
        return Collections.unmodifiableMap(entries);
    }

    private static Map<String, String> ofFile(NativeHandle model, int count) {
        NativeApi api = model.api();
        Map<String, String> entries = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            int index = i;
            entries.put(
                    model.text("metadata", (id, buf, length) -> api.models().metaKey(id, index, buf, length)),
                    model.text("metadata", (id, buf, length) -> api.models().metaValue(id, index, buf, length)));
        }
        return entries;
    }

    /** The labels of the classifier outputs. */
    private static List<String> labels(NativeHandle model, int count) {
        NativeApi api = model.api();
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int index = i;
            labels.add(model.text("label", (id, buf, length) -> api.models().clsLabel(id, index, buf, length)));
        }
        return List.copyOf(labels);
    }

    /** Reads the lines of the header: name, device, bytes of weights and, for contexts, of KV cache and compute buffers. */
    private static MemoryReport memoryReport(String text, List<Device> devices) {
        List<MemoryReport.Row> rows = new ArrayList<>();
        text.lines().forEach(line -> rows.add(row(line.split("\t", -1), devices)));
        return new MemoryReport(rows);
    }

    private static MemoryReport.Row row(String[] fields, List<Device> devices) {
        int index = Integer.parseInt(fields[1]);
        Device device = index < 0 || !devices.get(index).type().isGpu() ? null : devices.get(index);
        String where = index < 0 ? MemoryReport.SEVERAL : device == null ? MemoryReport.HOST : device.name();
        return new MemoryReport.Row(fields[0], where, device, bytes(fields, 2), bytes(fields, 3), bytes(fields, 4));
    }

    private static long bytes(String[] fields, int index) {
        return index < fields.length ? Long.parseLong(fields[index]) : 0;
    }
}
