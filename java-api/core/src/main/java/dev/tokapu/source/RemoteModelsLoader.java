package dev.tokapu.source;

import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Finds the service when the first model of a hub is asked for. */
final class RemoteModelsLoader {

    private static volatile @Nullable RemoteModels found;

    private RemoteModelsLoader() {}

    static RemoteModels find() {
        RemoteModels models = found;
        if (models == null) {
            models = ServiceLoader.load(RemoteModels.class, RemoteModels.class.getClassLoader())
                    .findFirst()
                    .orElseThrow(() -> new UnsupportedOperationException("models of hubs need the artifact"
                            + " dev.tokapu:tokapu-hub; add it to your dependencies, or give the path of a file"));
            found = models;
        }
        return models;
    }
}
