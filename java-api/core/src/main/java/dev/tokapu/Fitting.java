package dev.tokapu;

import dev.tokapu.device.Device;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.device.Placement;
import dev.tokapu.device.SplitMode;
import dev.tokapu.exception.DeviceMemoryException;
import dev.tokapu.exception.ModelLoadException;
import dev.tokapu.internal.device.Devices;
import dev.tokapu.internal.host.HostMemory;
import dev.tokapu.internal.load.ModelLocation;
import dev.tokapu.internal.load.ModelLocator;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.natives.NativeRuntime;
import dev.tokapu.internal.util.ByteSizes;
import dev.tokapu.internal.util.MemoryMargin;
import dev.tokapu.source.ModelSource;
import dev.tokapu.spi.ContextApi;
import dev.tokapu.spi.ModelInfoKey;
import dev.tokapu.spi.NativeApi;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells what models and contexts would take, by planning them without weights. The model that was planned last stays open, as
 * most plans differ in the context only.
 */
final class Fitting implements AutoCloseable {

    private final NativeApi api;
    private final ModelSource source;
    private final ModelLocation location;
    private final ModelOptions options;
    private final ContextOptions contextOptions;
    private final List<Device> devices;
    private @Nullable NativeHandle planned;
    private @Nullable ModelOptions plannedOptions;

    private Fitting(
            NativeApi api,
            ModelSource source,
            ModelLocation location,
            ModelOptions options,
            ContextOptions contextOptions) {
        if (options.vocabOnly()) {
            throw new IllegalArgumentException("ModelOptions.vocabOnly is set: such a model has no weights to place");
        }
        this.api = api;
        this.source = source;
        this.location = location;
        this.options = options;
        this.contextOptions = contextOptions;
        this.devices = PlacementCalls.devices(api, options);
    }

    private static Fitting open(ModelSource source, ModelOptions options, ContextOptions contextOptions) {
        ModelLocation location = ModelLocator.locate(source);
        NativeApi api = NativeRuntime.api();
        NativeRuntime.connectLog(api);
        return new Fitting(api, source, location, options, contextOptions);
    }

    static MemoryReport estimate(ModelSource source, ModelOptions options, ContextOptions contextOptions) {
        try (Fitting fitting = open(source, options, contextOptions)) {
            return fitting.report(options, contextOptions);
        }
    }

    static Fit fit(ModelSource source, ModelOptions options, ContextOptions contextOptions, FitOptions fitOptions) {
        Placement placement = options.placement();
        if (placement.splitMode() == SplitMode.TENSOR) {
            throw new IllegalArgumentException("fit() cannot divide a model by SplitMode.TENSOR;"
                    + " use SplitMode.LAYER, or choose by hand with estimate()");
        }
        try (Fitting fitting = open(source, options, contextOptions)) {
            return fitting.fit(fitOptions);
        }
    }

    private MemoryReport report(ModelOptions modelOptions, ContextOptions with) {
        NativeHandle model = plan(modelOptions);
        long[] info = ModelCalls.info(model);
        MemoryReport report = report(model, with, info, false);
        boolean heads = modelOptions.mtpHeads() && info[ModelInfoKey.N_LAYER_NEXTN] > 0 && !with.embeddings();
        return heads ? report.plus(heads(model, with, info)) : report;
    }

    /** What the heads take beside the model. */
    private MemoryReport heads(NativeHandle model, ContextOptions with, long[] info) {
        try {
            return report(model, ofHeads(with), info, true).withoutWeights();
        } catch (UnsupportedOperationException e) {
            throw new ModelLoadException(source.toString(), String.valueOf(e.getMessage()), e);
        }
    }

    /** The settings with which an engine opens their context, but for a few tokens. */
    static ContextOptions ofHeads(ContextOptions model) {
        return model.toBuilder()
                .outputsMax(0)
                .recurrentSnapshots(0)
                .kvCache(kv -> kv.swaFull(true))
                .build();
    }

    private static MemoryReport report(NativeHandle model, ContextOptions with, long[] info, boolean mtp) {
        int trained = (int) info[ModelInfoKey.N_CTX_TRAIN];
        NewContext kind = mtp ? ContextApi::newMtp : ContextApi::create;
        try (NativeHandle context =
                ModelCalls.newContext(model, with, trained, MemoryCheck.now(), "Context of ", kind)) {
            return ModelCalls.contextMemory(context);
        }
    }

    private NativeHandle plan(ModelOptions modelOptions) {
        NativeHandle known = planned;
        if (known != null && modelOptions.equals(plannedOptions)) {
            return known;
        }
        close();
        List<Device> named = modelOptions.placement().devices();
        NativeHandle model = ModelCalls.plan(api, source, location, modelOptions, named == null ? devices : named);
        planned = model;
        plannedOptions = modelOptions;
        return model;
    }

    private Fit fit(FitOptions fitOptions) {
        long[] info = ModelCalls.info(plan(options));
        FitProblem problem = problem(info, fitOptions);
        FitChoice choice = new FitSearch(problem, plan -> use(plan, problem.layers())).search();
        FitPlan plan = choice.plan();
        ContextOptions chosenContext = contextOptions(plan);
        ModelOptions chosen = modelOptions(plan, problem.layers());
        List<String> lines = new ArrayList<>();
        lines.add(introduction(fitOptions));
        HostMemory host = HostMemory.now();
        if (host.limit() != null) {
            lines.add("A limit counts as the host's memory: " + host.reason() + ".");
        }
        lines.addAll(choice.explanation());
        return new Fit(chosen, chosenContext, report(chosen, chosenContext), choice.fits(), lines);
    }

    private String introduction(FitOptions fitOptions) {
        if (devices.isEmpty()) {
            return "The model runs on the CPU; " + ByteSizes.text(hostMargin(fitOptions))
                    + " of the host's free memory stay free.";
        }
        List<String> names = devices.stream().map(Device::name).toList();
        return "The model may use " + String.join(", ", names) + "; " + ByteSizes.text(fitOptions.margin())
                + " of the free memory of each stay free.";
    }

    private FitProblem problem(long[] info, FitOptions fitOptions) {
        int sequences = contextOptions.maxSequences();
        int streams = contextOptions.kvCache().unified() ? 1 : sequences;
        long trained = info[ModelInfoKey.N_CTX_TRAIN];
        boolean open = contextOptions.contextSize() <= 0;
        int most = open ? limited(trained * sequences) : contextOptions.contextSize();
        int least = open ? Math.min(most, limited((long) fitOptions.minContextSize() * streams)) : most;
        List<Device> now = Devices.of(api).list();
        List<Long> targets = used().stream()
                .map(device -> now.get(device.index()).memoryFree() - fitOptions.margin())
                .toList();
        long host = now.get(Devices.of(api).cpu()).memoryFree();
        Placement placement = options.placement();
        boolean placed = placement.gpuLayers() != Placement.ALL_LAYERS
                || !placement.tensorSplit().isEmpty()
                || !placement.rules().isEmpty()
                || placement.splitMode() == SplitMode.ROW;
        return new FitProblem(
                layers(info),
                info[ModelInfoKey.N_EXPERT] > 0,
                most,
                least,
                FitProblem.contextStep(streams),
                targets,
                targets.isEmpty() ? host - hostMargin(fitOptions) : host,
                placed);
    }

    /** As llama.cpp counts those of devices. */
    static int layers(long[] info) {
        return (int) (info[ModelInfoKey.N_LAYER] + info[ModelInfoKey.N_LAYER_NEXTN]) + 1;
    }

    /** The default is for machines: of a small container it would leave nothing. */
    private static long hostMargin(FitOptions fitOptions) {
        boolean chosen = fitOptions.margin() != FitOptions.defaults().margin();
        return chosen ? fitOptions.margin() : MemoryMargin.of(HostMemory.now().total());
    }

    private static int limited(long tokens) {
        return (int) Math.min(tokens, Integer.MAX_VALUE);
    }

    /** The devices that layers go to: with {@link SplitMode#NONE} one of them. */
    private List<Device> used() {
        if (devices.isEmpty() || options.placement().splitMode() != SplitMode.NONE) {
            return devices;
        }
        return List.of(devices.get(options.placement().on(devices).mainIndex()));
    }

    private FitUse use(FitPlan plan, int layers) {
        MemoryReport report;
        try {
            report = report(modelOptions(plan, layers), contextOptions(plan));
        } catch (DeviceMemoryException e) {
            return FitUse.beyondPlanning(used().size());
        }
        return new FitUse(used().stream().map(report::bytesOn).toList(), report.hostBytes());
    }

    private ContextOptions contextOptions(FitPlan plan) {
        return contextOptions.toBuilder().contextSize(plan.context()).build();
    }

    private ModelOptions modelOptions(FitPlan plan, int allLayers) {
        ModelOptions.Builder chosen = options.toBuilder();
        if (plan.cpu()) {
            return chosen.cpuOnly().build();
        }
        List<Integer> layers = plan.layers();
        if (layers == null) {
            return options;
        }
        List<Float> shares = new ArrayList<>();
        int sum = 0;
        for (int count : layers) {
            shares.add((float) count);
            sum += count;
        }
        List<Device> used = used();
        Placement.Builder placement = Placement.builder()
                .devices(used)
                .gpuLayers(sum)
                .tensorSplit(used.size() > 1 && sum > 0 ? shares : List.of());
        List<Integer> experts = plan.expertLayers(allLayers);
        return chosen.placement(
                        experts.isEmpty()
                                ? placement.build()
                                : placement.expertsOnCpu(experts).build())
                .build();
    }

    @Override
    public void close() {
        NativeHandle model = planned;
        planned = null;
        if (model != null) {
            model.close();
        }
    }
}
