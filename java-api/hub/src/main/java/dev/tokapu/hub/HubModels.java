package dev.tokapu.hub;

import dev.tokapu.source.DownloadProgress;
import dev.tokapu.source.RemoteModels;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The service behind {@link dev.tokapu.source.ModelSource#of}: a {@link Hub} with the settings that system properties and the environment have
 * at that time.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class HubModels implements RemoteModels {

    /** For {@link java.util.ServiceLoader}. */
    public HubModels() {}

    @Override
    public Optional<Path> find(String name) {
        return Hub.open().find(name);
    }

    @Override
    public Path download(String name, DownloadProgress progress) {
        return Hub.open().download(name, progress);
    }
}
