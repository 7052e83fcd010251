package dev.tokapu.cli;

import dev.tokapu.AdaptiveThreads;
import dev.tokapu.ContextOptions;
import dev.tokapu.KvType;
import dev.tokapu.ModelOptions;
import dev.tokapu.Pooling;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.Speculation;
import dev.tokapu.server.model.AdapterPreset;
import dev.tokapu.server.model.ModelFolder;
import dev.tokapu.server.model.ModelPreset;
import dev.tokapu.server.pool.KeepAlive;
import dev.tokapu.source.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the presets of a configuration file. Paths are from its folder on; what a preset does not say is as the options of the command. */
final class PresetReader {

    private static final List<String> KEYS = List.of(
            "name",
            "aliases",
            "path",
            "ctx",
            "parallel",
            "devices",
            "kv-type-k",
            "kv-type-v",
            "chat-template",
            "adapters",
            "reasoning",
            "sampling",
            "pinned",
            "keep-alive",
            "embeddings",
            "pooling",
            "threads",
            "adaptive-threads",
            "draft-model",
            "draft-mtp",
            "draft-max",
            "draft-p-min");
    private static final List<String> ADAPTER_KEYS = List.of("name", "aliases", "path", "scale", "layers");

    private final Path folder;
    private final ModelOptions model;
    private final List<String> devices;
    private final EngineOptions engine;
    private final ContextArgs contexts;

    PresetReader(Path file, ModelOptions model, List<String> devices, EngineOptions engine, ContextArgs contexts) {
        Path parent = file.toAbsolutePath().getParent();
        this.folder = parent == null ? Path.of("") : parent;
        this.model = model;
        this.devices = devices;
        this.engine = engine;
        this.contexts = contexts;
    }

    /** The presets of a file. */
    List<ModelPreset> read(Path file) {
        ConfigValue presets = ConfigFile.read(file).object("a configuration").get(ServeDefaults.PRESETS);
        return presets == null
                ? List.of()
                : presets.list(ServeDefaults.PRESETS).stream().map(this::preset).toList();
    }

    private ModelPreset preset(ConfigValue value) {
        Map<String, ConfigValue> members = value.object("a preset");
        Names.refuseUnknown(members, KEYS);
        ModelSource source = source(required(members, "path", value));
        ConfigValue name = members.get("name");
        ConfigValue size = members.get("ctx");
        ConfigValue pinned = members.get("pinned");
        ConfigValue keepAlive = members.get("keep-alive");
        try {
            int tokens = size == null
                    ? contexts.sequenceSize(source)
                    : ContextArgs.sequenceSize(size.integer("ctx", 0), source);
            ConfigValue own = members.get("devices");
            List<String> replicas = own == null ? devices : ReplicaDevices.of(own.text("devices"));
            String named = name == null ? nameOf(source) : name.text("name");
            ModelPreset preset = ModelPreset.of(named, source)
                    .withNames(named, texts(members, "aliases"))
                    .withDevices(replicas)
                    .withOptions(model, engine(members, tokens, replicas.size()))
                    .withAdapters(adapters(members.get("adapters")))
                    .withDefaults(PresetDefaults.read(members))
                    .withStay(pinned != null && pinned.flag("pinned"), keepAlive == null ? null : duration(keepAlive));
            return withDraft(preset, members);
        } catch (IllegalArgumentException e) {
            throw value.wrong(String.valueOf(e.getMessage()));
        }
    }

    private ModelPreset withDraft(ModelPreset preset, Map<String, ConfigValue> members) {
        ConfigValue model = members.get("draft-model");
        ConfigValue mtp = members.get("draft-mtp");
        ConfigValue most = members.get("draft-max");
        ConfigValue probability = members.get("draft-p-min");
        boolean heads = mtp != null && mtp.flag("draft-mtp");
        if (model == null && !heads) {
            if (most != null || probability != null) {
                throw new IllegalArgumentException(
                        "draft-max and draft-p-min are about drafts; give draft-model or draft-mtp, too");
            }
            return preset;
        }
        if (model != null && heads) {
            throw new IllegalArgumentException("draft-model and draft-mtp are two ways to draft; give one of them");
        }
        Speculation speculation = DraftArgs.speculation(
                heads,
                most == null ? null : most.integer("draft-max", 1),
                probability == null ? null : probability.number("draft-p-min"));
        return model == null ? preset.withMtpHeads(speculation) : preset.withDraft(source(model), speculation);
    }

    private static ConfigValue required(Map<String, ConfigValue> members, String name, ConfigValue of) {
        ConfigValue value = members.get(name);
        if (value == null) {
            throw of.wrong("'" + name + "' is missing; it must be given");
        }
        return value;
    }

    /** A file, or a model of a hub. */
    private ModelSource source(ConfigValue value) {
        try {
            ModelSource source = ModelSource.of(value.text("path"));
            if (source instanceof ModelSource.Remote remote) {
                remote.find(); // checks the name
                return source;
            }
            return ModelSource.file(path(value));
        } catch (IllegalArgumentException e) {
            throw value.wrong(String.valueOf(e.getMessage()));
        }
    }

    private static String nameOf(ModelSource source) {
        return source instanceof ModelSource.Remote remote
                ? remote.shortName()
                : ModelFolder.nameOf(((ModelSource.File) source).path());
    }

    private Path path(ConfigValue value) {
        return folder.resolve(value.text("path"));
    }

    static List<String> texts(Map<String, ConfigValue> members, String name) {
        ConfigValue value = members.get(name);
        return value == null
                ? List.of()
                : value.list(name).stream().map(one -> one.text(name)).toList();
    }

    private static Duration duration(ConfigValue value) {
        return KeepAlive.parse(value.asOption("keep-alive"));
    }

    private EngineOptions engine(Map<String, ConfigValue> members, int tokens, int replicas) {
        EngineOptions.Builder options = engine.toBuilder().sequenceContextSize(tokens);
        ContextOptions.Builder context = engine.context().toBuilder();
        ConfigValue threads = members.get("threads");
        if (threads != null) {
            int count = threads.integer("threads", 1);
            context.threads(count).batchThreads(count);
        }
        ConfigValue adaptive = members.get("adaptive-threads");
        if (adaptive != null) {
            context.adaptiveThreads(
                    adaptive.flag("adaptive-threads") ? AdaptiveThreads.ENABLED : AdaptiveThreads.DISABLED);
        }
        ConfigValue embeddings = members.get("embeddings");
        if (embeddings != null) {
            context.embeddings(embeddings.flag("embeddings"));
        }
        ConfigValue pooling = members.get("pooling");
        if (pooling != null) {
            context.pooling(constant(Pooling.class, pooling, "pooling"));
        }
        ConfigValue keys = members.get("kv-type-k");
        ConfigValue values = members.get("kv-type-v");
        if (keys != null) {
            context.kvCache(kv -> kv.keyType(constant(KvType.class, keys, "kv-type-k")));
        }
        if (values != null) {
            context.kvCache(kv -> kv.valueType(constant(KvType.class, values, "kv-type-v")));
        }
        ConfigValue parallel = members.get("parallel");
        if (parallel != null) {
            options.maxSequences(parallel.integer("parallel", 1));
        } else if (replicas > devices.size()) {
            options.maxSequences(engine.maxSequences() / Math.max(1, devices.size()) * replicas);
        }
        ConfigValue template = members.get("chat-template");
        if (template != null) {
            options.chatTemplate(template(template));
        }
        return options.context(context.build()).build();
    }

    /** The template itself, or the file with it. */
    private String template(ConfigValue value) {
        String text = value.text("chat-template");
        if (text.contains("{{") || text.contains("{%")) {
            return text;
        }
        try {
            return Files.readString(folder.resolve(text));
        } catch (IOException e) {
            throw value.wrong("chat-template '" + text + "' is neither a template nor a file that can be read");
        }
    }

    private static <T extends Enum<T>> T constant(Class<T> type, ConfigValue value, String what) {
        String text = value.text(what).toUpperCase(Locale.ROOT);
        return Arrays.stream(type.getEnumConstants())
                .filter(one -> one.name().equals(text))
                .findFirst()
                .orElseThrow(() -> value.wrong(
                        what + " must be one of " + Arrays.toString(type.getEnumConstants()) + ", not '" + text + "'"));
    }

    private List<AdapterPreset> adapters(@Nullable ConfigValue value) {
        List<AdapterPreset> adapters = new ArrayList<>();
        for (ConfigValue one : value == null ? List.<ConfigValue>of() : value.list("adapters")) {
            Map<String, ConfigValue> members = one.object("an adapter");
            Names.refuseUnknown(members, ADAPTER_KEYS);
            ConfigValue scale = members.get("scale");
            Path path = path(required(members, "path", one));
            ConfigValue name = members.get("name");
            ConfigValue layers = members.get("layers");
            adapters.add(new AdapterPreset(
                    name == null ? ModelFolder.nameOf(path) : name.text("name"),
                    texts(members, "aliases"),
                    path,
                    scale == null ? 1 : scale.number("scale"),
                    layers == null ? AdapterPreset.ALL_LAYERS : layers(layers)));
        }
        return adapters;
    }

    private static AdapterPreset.Layers layers(ConfigValue value) {
        List<ConfigValue> ends = value.list("layers");
        if (ends.size() != 2) {
            throw value.wrong("layers must be the first and the last of them, [10, 20] for example");
        }
        return new AdapterPreset.Layers(
                ends.get(0).integer("layers", 1), ends.get(1).integer("layers", 1));
    }
}
