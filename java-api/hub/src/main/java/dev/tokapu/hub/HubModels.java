package dev.tokapu.hub;

import dev.tokapu.source.DownloadProgress;
import dev.tokapu.source.RemoteModels;
import dev.tokapu.spi.library.NativeLibraries;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The service behind {@link dev.tokapu.source.ModelSource#of}: a {@link Hub} with the settings that system properties and the environment have
 * at that time.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class HubModels implements RemoteModels {

    private @Nullable Hub latest; // with the lock of this
    private @Nullable String latestCache; // with the lock of this

    /** For {@link java.util.ServiceLoader}. */
    public HubModels() {}

    @Override
    public Optional<Path> find(String name) {
        return hub().find(name);
    }

    @Override
    public Path download(String name, DownloadProgress progress) {
        return hub().download(name, progress);
    }

    /** The same one as long as the settings are the same. */
    private synchronized Hub hub() {
        HubOptions options = HubOptions.fromEnvironment();
        String cache = System.getProperty(NativeLibraries.CACHE_PROPERTY);
        Hub hub = latest;
        if (hub == null || !hub.options().equals(options) || !Objects.equals(cache, latestCache)) {
            hub = Hub.open(options);
            latest = hub;
            latestCache = cache;
        }
        return hub;
    }
}
