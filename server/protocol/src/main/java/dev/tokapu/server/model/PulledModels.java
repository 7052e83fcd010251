package dev.tokapu.server.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Models that callers have pulled; they are listed after the configured ones. Guarded by the lock of {@link ServedModels}. */
final class PulledModels {

    private final Map<String, ModelPreset> presets = new LinkedHashMap<>();
    private @Nullable UnaryOperator<ModelPreset> how;

    void allow(UnaryOperator<ModelPreset> value) {
        how = value;
    }

    boolean allowed() {
        return how != null;
    }

    /** Another one, as it is to be served. */
    void add(ModelPreset preset) {
        UnaryOperator<ModelPreset> options = how;
        if (options != null) {
            presets.put(preset.name(), options.apply(preset));
        }
    }

    /** Those that are configured, and behind them all of these whose names are free. */
    List<ModelPreset> behind(List<ModelPreset> configured) {
        List<ModelPreset> all = new ArrayList<>(configured);
        for (ModelPreset preset : presets.values()) {
            List<String> names = new ArrayList<>(preset.aliases());
            names.add(preset.name());
            boolean free = all.stream()
                    .noneMatch(other -> names.contains(other.name())
                            || other.aliases().stream().anyMatch(names::contains));
            if (free) {
                all.add(preset);
            }
        }
        return all;
    }
}
