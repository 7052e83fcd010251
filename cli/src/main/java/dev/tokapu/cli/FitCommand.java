package dev.tokapu.cli;

import dev.tokapu.Fit;
import dev.tokapu.FitOptions;
import dev.tokapu.ModelOptions;
import dev.tokapu.Tokapu;
import dev.tokapu.device.Device;
import dev.tokapu.device.DeviceType;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.device.Placement;
import dev.tokapu.source.ModelSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a model would take of the memory, and what would be chosen to make it fit. */
@Command(
        name = "fit",
        abbreviateSynopsis = true,
        description = {
            "Shows the memory that a model takes, without loading it, and chooses context size and layers that fit.",
            "Without MODEL, of the default model. The other commands take the same choice with --fit."
        })
final class FitCommand implements Callable<Integer> {

    private static final long MIB = 1 << 20;

    private final Console console;

    @Parameters(
            arity = "0..1",
            converter = SourceConverter.class,
            paramLabel = "MODEL",
            description = "The model, as --model takes it.")
    private @Nullable ModelSource file;

    @Option(
            names = "--margin",
            paramLabel = "MIB",
            description = "Memory that stays free on each device, in MiB. Default: 1024.")
    private long margin = FitOptions.defaults().margin() / MIB;

    @Option(
            names = "--draft-mtp",
            description = "With the MTP heads in the model's own file, as the other commands take it.")
    private boolean heads;

    @Mixin
    private ModelArgs models = new ModelArgs();

    @Mixin
    private DeviceArgs devices = new DeviceArgs();

    @Mixin
    private ContextArgs contexts = new ContextArgs();

    @Mixin
    private OutputArgs output = new OutputArgs();

    FitCommand(Console console) {
        this.console = console;
    }

    /** A device or the host, what it has, and what is taken of it. */
    private record Line(Device device, MemoryReport.Row used) {

        long left() {
            return device.memoryFree() - used.total();
        }
    }

    @Override
    public Integer call() {
        output.apply();
        models.use(file);
        models.start();
        models.fetch(console);
        ModelOptions options = heads ? DraftArgs.loadHeads(devices.options(), models.source()) : devices.options();
        FitOptions fitOptions = FitOptions.builder().margin(margin * MIB).build();
        Fit fit = Fit.of(models.source(), options, contexts.options(), fitOptions);
        List<Line> lines = lines(fit.estimate());
        console.print(output.json() ? Json.of(asMap(fit, lines)) + '\n' : text(fit, lines));
        return fit.fits() ? ExitCode.OK : ExitCode.MEMORY;
    }

    private static List<Line> lines(MemoryReport estimate) {
        List<Line> lines = new ArrayList<>();
        for (Device device : Tokapu.devices()) {
            boolean host = device.type() == DeviceType.CPU;
            for (MemoryReport.Row row : estimate.totals()) {
                if (row.where().equals(host ? "host" : device.name())) {
                    lines.add(new Line(device, row));
                }
            }
        }
        return lines;
    }

    private String text(Fit fit, List<Line> lines) {
        Table table = new Table("device", "total", "free", "weights", "KV cache", "compute", "left");
        for (Line line : lines) {
            table.add(
                    line.device.name() + " (" + line.device.description() + ')',
                    Units.bytes(line.device.memoryTotal()),
                    Units.bytes(line.device.memoryFree()),
                    Units.bytes(line.used.weights()),
                    Units.bytes(line.used.kv()),
                    Units.bytes(line.used.compute()),
                    (line.left() < 0 ? "-" : "") + Units.bytes(Math.abs(line.left())));
        }
        StringBuilder text =
                new StringBuilder(models.name()).append("\n\n").append(table).append('\n');
        fit.explanation().forEach(line -> text.append(line).append('\n'));
        text.append(fit.fits() ? "It fits: context " : "It does NOT fit, even with context ")
                .append(fit.contextOptions().contextSize())
                .append(", ")
                .append(layers(fit.modelOptions().placement(), lines))
                .append(".\n");
        return text.toString();
    }

    private static String layers(Placement placement, List<Line> lines) {
        boolean cpu = lines.stream().noneMatch(line -> line.device.type().isGpu());
        if (cpu) {
            return "all on the CPU";
        }
        String experts = placement.rules().isEmpty() ? "" : ", some tensors elsewhere";
        return (placement.gpuLayers() == Placement.ALL_LAYERS ? "all layers" : placement.gpuLayers() + " layers")
                + " on the GPU" + experts;
    }

    private Map<String, Object> asMap(Fit fit, List<Line> lines) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("model", models.name());
        all.put("fits", fit.fits());
        all.put("contextSize", fit.contextOptions().contextSize());
        all.put("gpuLayers", fit.modelOptions().placement().gpuLayers());
        List<Map<String, Object>> list = new ArrayList<>();
        for (Line line : lines) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("device", line.device.name());
            entry.put("description", line.device.description());
            entry.put("memoryTotal", line.device.memoryTotal());
            entry.put("memoryFree", line.device.memoryFree());
            entry.put("weights", line.used.weights());
            entry.put("kv", line.used.kv());
            entry.put("compute", line.used.compute());
            entry.put("left", line.left());
            list.add(entry);
        }
        all.put("devices", list);
        all.put("explanation", fit.explanation());
        return all;
    }
}
