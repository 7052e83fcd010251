package dev.tokapu.benchmarks.load;

import dev.tokapu.AdaptiveThreads;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.Tokapu;
import dev.tokapu.device.Device;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.KvCacheLayout;
import dev.tokapu.engine.PrefixCacheOptions;
import dev.tokapu.engine.SamplingDevice;
import dev.tokapu.engine.Speculation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The settings of an engine in this process, as a command line has them: {@code model=FILE,slots=8}.
 *
 * <p>Keys: model (a file), devices (all, or names with + between them: a replica on each; none for one, as the model is placed by itself),
 * slots (of all), context (tokens of a request), kv-tokens (of a unified KV cache), micro-batch, threads, kv, sampling, queue, stall,
 * itl-target (ms), prefix-cache (on, none),
 * kept (sequences of the prefix cache beside the slots), host-memory (of the prefix cache, in MiB),
 * disk (its directory), speculation (none, ngram, draft, draft-always, mtp, mtp-always), draft-model (a file), draft-max, draft-p-min, answers (on: a number for each answer, to compare them),
 * embeddings (on: of texts, in place of answers), stream-interval (of ServeEngine).
 *
 * @param values by key
 */
public record EngineSettings(Map<String, String> values) {

    private static final long MOST_ON_DISK = 64L << 30;

    /**
     * Reads settings.
     *
     * @param text settings with commas between them
     * @return the settings
     * @throws IllegalArgumentException for anything else
     */
    public static EngineSettings parse(String text) {
        Map<String, String> values = new HashMap<>();
        for (String setting : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            String[] parts = setting.split("=", 2);
            if (parts.length != 2) {
                throw new IllegalArgumentException(
                        "--engine wants settings as in model=FILE,slots=8, not '" + setting + "'");
            }
            values.put(parts[0], parts[1]);
        }
        return new EngineSettings(values);
    }

    String get(String key, String otherwise) {
        return values.getOrDefault(key, otherwise);
    }

    int number(String key, int otherwise) {
        return Integer.parseInt(get(key, Integer.toString(otherwise)));
    }

    boolean hasModel() {
        return values.containsKey("model");
    }

    /** {@return the model's file} */
    public Path model() {
        return Path.of(get("model", ""));
    }

    /** The name of the model's file, without its ending. */
    String name() {
        return model().getFileName().toString().replaceFirst("[.]gguf$", "");
    }

    /** {@return the model, as often as it has replicas} */
    public List<Model> load() {
        String devices = get("devices", "");
        if (devices.isEmpty()) {
            return List.of(Model.load(model(), loading().build()));
        }
        Stream<Device> placed = devices.equals("all")
                ? Tokapu.devices().stream().filter(device -> device.type().isGpu())
                : Arrays.stream(devices.split("\\+", -1)).map(Tokapu::device);
        return placed.map(device -> Model.load(model(), on(device))).toList();
    }

    private ModelOptions.Builder loading() {
        return ModelOptions.builder().mtpHeads(speculation() instanceof Speculation.Mtp);
    }

    private ModelOptions on(Device device) {
        ModelOptions.Builder options = loading();
        return (device.type().isGpu() ? options.devices(device) : options.cpuOnly()).build();
    }

    /** {@return an engine of models that {@link #load} gave, with its draft model} */
    public Engine start(List<Model> models) {
        String draft = get("draft-model", "");
        if (draft.isEmpty()) {
            return Engine.start(
                    models, options().toBuilder().speculation(speculation()).build());
        }
        try (Model drafting = Model.load(Path.of(draft))) {
            return Engine.start(
                    models,
                    options().toBuilder()
                            .draftModel(drafting)
                            .speculation(speculation())
                            .build());
        }
    }

    private Speculation speculation() {
        String name = get("speculation", "none");
        int most = number("draft-max", Speculation.draft().maxDraft());
        int ofHeads = number("draft-max", Speculation.mtp().maxDraft());
        double probability = Double.parseDouble(get("draft-p-min", "0"));
        return switch (name) {
            case "none" -> Speculation.none();
            case "ngram" -> Speculation.ngram();
            case "draft" -> new Speculation.DraftModel(most, probability, true);
            case "draft-always" -> new Speculation.DraftModel(most, probability, false);
            case "mtp" -> new Speculation.Mtp(ofHeads, probability, true);
            case "mtp-always" -> new Speculation.Mtp(ofHeads, probability, false);
            default ->
                throw new IllegalArgumentException("speculation is '" + name
                        + "'; it must be none, ngram, draft, draft-always, mtp or mtp-always");
        };
    }

    /** {@return the options of the engine, without a draft model} */
    public EngineOptions options() {
        int threads = number("threads", 0);
        ContextOptions.Builder context = ContextOptions.builder()
                .embeddings(get("embeddings", "off").equals("on"))
                .adaptiveThreads(AdaptiveThreads.ENABLED);
        if (values.containsKey("micro-batch")) {
            context.microBatchSize(number("micro-batch", 0));
        }
        if (threads > 0) {
            context.threads(threads).batchThreads(threads);
        }
        EngineOptions.Builder options = EngineOptions.builder()
                .context(context.build())
                .maxSequences(number("slots", 8))
                .sequenceContextSize(number("context", 0))
                .kvLayout(KvCacheLayout.valueOf(get("kv", "auto").toUpperCase(Locale.ROOT)))
                .sampling(SamplingDevice.valueOf(get("sampling", "auto").toUpperCase(Locale.ROOT)))
                .queueCapacity(number("queue", 100_000))
                .maxDecodeSlowdown(Double.parseDouble(get("stall", "3")))
                .interTokenLatencyTarget(Duration.ofMillis(number("itl-target", 25)))
                .prefixCache(prefixCache());
        int kvTokens = number("kv-tokens", 0);
        return (kvTokens > 0 ? options.kvTokens(kvTokens) : options).build();
    }

    private PrefixCacheOptions prefixCache() {
        String value = get("prefix-cache", "on");
        PrefixCacheOptions defaults = PrefixCacheOptions.defaults();
        return switch (value) {
            case "on" -> tiers(defaults.withSequences(number("kept", defaults.sequences())));
            case "none" -> PrefixCacheOptions.none();
            default -> throw new IllegalArgumentException("prefix-cache is '" + value + "'; it must be on or none");
        };
    }

    private PrefixCacheOptions tiers(PrefixCacheOptions cache) {
        PrefixCacheOptions tiers = cache.withHostMemory((long) number("host-memory", 0) << 20)
                .withAllSaved(Boolean.parseBoolean(get("save-all", "false")));
        String directory = get("disk", "");
        return directory.isEmpty() ? tiers : tiers.withDisk(Path.of(directory), MOST_ON_DISK);
    }
}
