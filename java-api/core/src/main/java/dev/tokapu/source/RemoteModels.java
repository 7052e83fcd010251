package dev.tokapu.source;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Gets models from hubs; a service, found by {@link java.util.ServiceLoader}. The artifact {@code dev.tokapu:tokapu-hub} has it.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public interface RemoteModels {

    /**
     * Looks for a model on this machine, without the network.
     *
     * @param name its name, such as {@code hf://org/repo:Q4_K_M}
     * @return its file, of a split model the first; empty when not all of it is there
     * @throws IllegalArgumentException when it is no name of that hub
     */
    Optional<Path> find(String name);

    /**
     * Asks the hub for a model and downloads what is not on this machine.
     *
     * @param name its name
     * @param progress is told how far it is, and can cancel
     * @return its file, of a split model the first
     * @throws dev.tokapu.exception.ModelLoadException when it cannot be had
     * @throws java.util.concurrent.CancellationException when the progress listener cancels
     * @throws IllegalArgumentException when it is no name of that hub
     */
    Path download(String name, DownloadProgress progress);
}
