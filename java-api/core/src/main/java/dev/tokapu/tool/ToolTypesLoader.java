package dev.tokapu.tool;

import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Finds the service when the first tool is made. */
final class ToolTypesLoader {

    private static volatile @Nullable ToolTypes found;

    private ToolTypesLoader() {}

    static Optional<ToolTypes> find() {
        ToolTypes types = found;
        if (types == null) {
            types = ServiceLoader.load(ToolTypes.class, ToolTypes.class.getClassLoader())
                    .findFirst()
                    .orElse(null);
            found = types;
        }
        return Optional.ofNullable(types);
    }

    static ToolTypes require() {
        return find().orElseThrow(() -> new UnsupportedOperationException("tools with Java types need the artifact"
                + " dev.tokapu:tokapu-structured; add it to your dependencies"));
    }
}
