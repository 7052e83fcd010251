package dev.tokapu.hub;

import dev.tokapu.source.DownloadProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One kind of hub, with what this machine has of it.
 *
 * @param <N> its names
 */
interface Repository<N extends HubName> {

    /** The first file of a model that is here as a whole. */
    Optional<Path> find(N name) throws IOException;

    /** Asks the hub and downloads what is not here. */
    Path download(N name, DownloadProgress progress) throws IOException, InterruptedException;

    /** The models that are here. */
    List<CachedModel> list() throws IOException;

    /** Removes what is here of a model; returns the bytes that came free, -1 when nothing of it is here. */
    long remove(N name) throws IOException;
}
