package dev.tokapu.cli;

import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.Tokapu;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures a model on this machine, or a server. */
@Command(
        name = "bench",
        abbreviateSynopsis = true,
        description = {
            "Measures prompt processing (pp) and text generation (tg).",
            "As llama-bench: random tokens, one warm-up, mean and standard deviation of the repetitions.",
            "With --serve, sends many requests to a server with OpenAI's API instead and measures what its users feel,"
                    + " as vllm bench serve."
        })
final class BenchCommand implements Callable<Integer> {

    private static final Set<String> OF_BOTH = Set.of("--prompt", "--gen", "--json", "--verbose", "--quiet");

    private final Console console;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private LoadArgs load = new LoadArgs();

    @Option(
            names = {"-p", "--prompt"},
            paramLabel = "TOKENS",
            defaultValue = "512",
            description = "Length of the prompt, 0 to leave it out. Default: 512.")
    private int promptTokens;

    @Option(
            names = {"-n", "--gen"},
            paramLabel = "TOKENS",
            defaultValue = "128",
            description = "Tokens to generate, 0 to leave it out. Default: 128.")
    private int generatedTokens;

    @Option(
            names = {"-r", "--repetitions"},
            paramLabel = "N",
            defaultValue = "5",
            description = "How often each is measured. Default: 5.")
    private int repetitions;

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description = "CPU threads. Default: one for each physical core.")
    private @Nullable Integer threads;

    @Mixin
    private ModelArgs models = new ModelArgs();

    @Mixin
    private DeviceArgs devices = new DeviceArgs();

    @Mixin
    private OutputArgs output = new OutputArgs();

    BenchCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        output.apply();
        ContextArgs.atLeastOne("--repetitions", repetitions);
        if (promptTokens < 0 || generatedTokens < 0) {
            throw new CliException(ExitCode.USAGE, "--prompt and --gen must not be negative");
        }
        refuseOptionsOfTheOther();
        if (load.isGiven()) {
            return new ServerBench(console, load, output.json(), models.quiet()).run(promptTokens, generatedTokens);
        }
        models.start();
        ModelOptions options = devices.options();
        Interrupt interrupt = new Interrupt();
        try (Model model = models.load(console, options.toBuilder(), interrupt)) {
            List<SpeedTest.Result> results = new ArrayList<>();
            if (promptTokens > 0) {
                results.add(measure(model, interrupt, promptTokens, true));
            }
            if (generatedTokens > 0) {
                results.add(measure(model, interrupt, generatedTokens, false));
            }
            if (output.json()) {
                console.println(json(model, results));
            } else {
                console.print(table(model, results));
            }
        }
        return ExitCode.OK;
    }

    /** A model and a server have options that do nothing for the other. */
    private void refuseOptionsOfTheOther() {
        for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
            boolean ofLoad = option.userObject() instanceof Field field && field.getDeclaringClass() == LoadArgs.class;
            if (ofLoad && !load.isGiven()) {
                throw new CliException(
                        ExitCode.USAGE, option.longestName() + " is for a server; name it with --serve URL");
            }
            if (!ofLoad && load.isGiven() && !OF_BOTH.contains(option.longestName())) {
                throw new CliException(
                        ExitCode.USAGE,
                        option.longestName() + " is of a model on this machine; leave it out with --serve");
            }
        }
    }

    private SpeedTest.Result measure(Model model, Interrupt interrupt, int tokens, boolean prompt) {
        try (Context context = model.newContext(SpeedTest.options(tokens, threads))) {
            boolean gpu =
                    model.devices().stream().anyMatch(device -> device.type().isGpu());
            EnergyCounters energy = gpu ? EnergyCounters.none() : EnergyCounters.ofMachine();
            SpeedTest test = new SpeedTest(context, model.vocab().size(), interrupt, energy);
            return interrupt.guard(
                    context::abort,
                    () -> prompt ? test.prompt(tokens, repetitions) : test.generation(tokens, repetitions));
        }
    }

    private static String table(Model model, List<SpeedTest.Result> results) {
        boolean energy = results.stream().noneMatch(result -> Double.isNaN(result.tokensPerJoule()));
        List<String> columns = new ArrayList<>(
                List.of("model", "size", "params", "binding", "device", "cpu", "threads", "test", "t/s"));
        if (energy) {
            columns.add("t/J");
        }
        Table table = new Table(columns.toArray(String[]::new));
        for (SpeedTest.Result result : results) {
            List<String> cells = new ArrayList<>(List.of(
                    model.info().description(),
                    Units.bytes(model.info().sizeInBytes()),
                    Units.count(model.info().parameterCount()),
                    Tokapu.binding(),
                    DeviceArgs.names(model.devices()),
                    Tokapu.cpuVariant(),
                    Integer.toString(result.threads()),
                    result.test(),
                    String.format(Locale.ROOT, "%.2f ± %.2f", result.mean(), result.deviation())));
            if (energy) {
                cells.add(String.format(Locale.ROOT, "%.2f", result.tokensPerJoule()));
            }
            table.add(cells.toArray(String[]::new));
        }
        return table.toString();
    }

    private static String json(Model model, List<SpeedTest.Result> results) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (SpeedTest.Result result : results) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("model", model.info().description());
            row.put("sizeInBytes", model.info().sizeInBytes());
            row.put("parameters", model.info().parameterCount());
            row.put("binding", Tokapu.binding());
            row.put("device", DeviceArgs.names(model.devices()));
            row.put("cpu", Tokapu.cpuVariant());
            row.put("threads", result.threads());
            row.put("test", result.test());
            row.put("tokensPerSecond", result.mean());
            row.put("deviation", result.deviation());
            if (!Double.isNaN(result.tokensPerJoule())) {
                row.put("tokensPerJoule", result.tokensPerJoule());
            }
            rows.add(row);
        }
        return Json.of(Map.of("results", rows));
    }
}
