package dev.tokapu.server.model;

import dev.tokapu.exception.TokapuException;
import dev.tokapu.gguf.GgufFile;
import dev.tokapu.source.ModelSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Tells what would keep a preset from being served, without loading it.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class PresetCheck {

    private static final double GIB = 1 << 30;

    private PresetCheck() {}

    /**
     * Reads the heads of the files, and compares what the model takes with what is free.
     *
     * @param preset the preset
     * @return what is wrong, none for nothing
     */
    public static List<String> problems(ModelPreset preset) {
        List<String> problems = new ArrayList<>();
        String model = "model '" + preset.name() + "': ";
        for (AdapterPreset adapter : preset.adapters()) {
            try {
                check(adapter);
            } catch (TokapuException | IllegalArgumentException e) {
                problems.add(model + e.getMessage());
            }
        }
        try {
            ModelSource source = preset.source();
            if (source instanceof ModelSource.Remote remote && remote.find().isEmpty()) {
                return problems; // it is downloaded by the first request for it
            }
            String type = GgufFile.open(source).text("general.type").orElse("model");
            if (!type.equals("model")) {
                problems.add(model + source + " is of the type '" + type + "', not a model");
                return problems;
            }
            Map<String, Long> free = new EngineMemory(List::of).free();
            EngineLoader.of(preset).need().forEach((memory, bytes) -> {
                long there = free.getOrDefault(memory, Long.MAX_VALUE);
                if (bytes > there) {
                    problems.add(String.format(
                            Locale.ROOT,
                            "%sit takes %.2f GiB of the memory '%s', where %.2f GiB are free",
                            model,
                            bytes / GIB,
                            memory,
                            Math.max(0, there) / GIB));
                }
            });
        } catch (TokapuException | IllegalArgumentException e) {
            problems.add(model + e.getMessage());
        }
        return problems;
    }

    private static void check(AdapterPreset adapter) {
        if (adapter.isVector()) {
            adapter.vector();
            return;
        }
        String type = GgufFile.open(adapter.path()).text("adapter.type").orElse("");
        if (!type.equals("lora")) {
            throw new IllegalArgumentException(adapter.path() + " is no LoRA adapter and no control vector");
        }
        adapter.requireAllLayers();
    }
}
