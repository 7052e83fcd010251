package dev.tokapu.source;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a model comes from: a file, the parts of a split model, a resource on the class path, an entry of a zip or jar file,
 * an open file descriptor, or a hub.
 *
 * <p>Models are mapped where they lie. That goes for resources and zip entries, too, when they are stored without
 * compression, also in a jar within a jar; a compressed one is extracted once into the cache directory
 * ({@code -Dtokapu.cache.dir}, by default {@code ~/.cache/tokapu}), and a line at level INFO says so.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public sealed interface ModelSource {

    /**
     * A GGUF file.
     *
     * <p>Thread safety: immutable.
     *
     * @param path the file. One part of a split model, named as {@code x-00001-of-00003.gguf}, stands for all of them
     * @since 0.1
     */
    record File(Path path) implements ModelSource {

        public File {
            Objects.requireNonNull(path, "path");
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }

    /**
     * The parts of a split model, whatever they are called.
     *
     * <p>Thread safety: immutable.
     *
     * @param paths the files in order
     * @since 0.1
     */
    record Split(List<Path> paths) implements ModelSource {

        public Split {
            paths = List.copyOf(paths);
            if (paths.isEmpty()) {
                throw new IllegalArgumentException("a split model without files; name one or more");
            }
        }

        @Override
        public String toString() {
            return paths.get(0) + (paths.size() > 1 ? " and " + (paths.size() - 1) + " more" : "");
        }
    }

    /**
     * A resource on the class path.
     *
     * <p>Thread safety: immutable.
     *
     * @param name its name, without a slash at the start
     * @param loader the class loader that finds it; null for that of the thread, then that of this library
     * @since 0.1
     */
    record Resource(String name, @Nullable ClassLoader loader) implements ModelSource {

        public Resource {
            Objects.requireNonNull(name, "name");
        }

        @Override
        public String toString() {
            return "class path resource " + name;
        }
    }

    /**
     * An entry of a zip or jar file.
     *
     * <p>Thread safety: immutable.
     *
     * @param zip the file
     * @param entry the name of the entry
     * @since 0.1
     */
    record ZipEntry(Path zip, String entry) implements ModelSource {

        public ZipEntry {
            Objects.requireNonNull(zip, "zip");
            Objects.requireNonNull(entry, "entry");
        }

        @Override
        public String toString() {
            return zip + "!/" + entry;
        }
    }

    /**
     * A part of an open file, such as Android gives for {@code content://} addresses.
     *
     * <p>Thread safety: immutable.
     *
     * @param fd the descriptor, which stays the caller's and may be closed after the load
     * @param offset where the model begins, in bytes; mapped in place when it is a multiple of 32
     * @param size the bytes of the model, 0 for all to the end of the file
     * @since 0.1
     */
    record FileDescriptor(int fd, long offset, long size) implements ModelSource {

        public FileDescriptor {
            if (fd < 0 || offset < 0 || size < 0) {
                throw new IllegalArgumentException("file descriptor " + fd + " with offset " + offset + " and size "
                        + size + "; none of them may be negative");
            }
        }

        @Override
        public String toString() {
            return "file descriptor " + fd + (offset == 0 ? "" : " from byte " + offset);
        }
    }

    /**
     * A model of a hub or a web server, which is downloaded once into a cache. The artifact {@code dev.tokapu:tokapu-hub} does that.
     *
     * <p>Thread safety: immutable.
     *
     * @param name its name, as {@link ModelSource#of} takes it
     * @since 0.1
     */
    record Remote(String name) implements ModelSource {

        public Remote {
            RemoteNames.check(name);
        }

        /** {@return the name without scheme and query; of a web address the name of its file, without the suffix} */
        public String shortName() {
            return RemoteNames.shortName(name);
        }

        /**
         * {@return the file where the model is on this machine as a whole; the network is not used}
         *
         * @throws IllegalArgumentException when the name is no name of that hub
         * @throws UnsupportedOperationException without the artifact {@code tokapu-hub}
         */
        public Optional<ModelSource> find() {
            return RemoteModelsLoader.find().find(name).map(File::new);
        }

        /**
         * Asks the hub for the model and downloads what is not on this machine. Blocks until it is there.
         *
         * @param progress is told how far it is, and can cancel
         * @return the file
         * @throws dev.tokapu.exception.ModelLoadException when it cannot be had
         * @throws java.util.concurrent.CancellationException when the progress listener cancels; the next download goes on from there
         * @throws IllegalArgumentException when the name is no name of that hub
         * @throws UnsupportedOperationException without the artifact {@code tokapu-hub}
         */
        public ModelSource download(DownloadProgress progress) {
            return new File(RemoteModelsLoader.find().download(name, progress));
        }

        @Override
        public String toString() {
            return RemoteNames.shown(name);
        }
    }

    /**
     * The source that a text names: a file, or a model of a hub.
     *
     * <ul>
     *   <li>{@code hf://org/repo:Q4_K_M}, a quantization in a repository of Hugging Face; without it Q4_K_M, else Q8_0, else the first
     *       model there
     *   <li>{@code hf://org/repo/folder/file.gguf}, a file there; a revision follows the repository: {@code hf://org/repo@main:Q8_0}
     *   <li>{@code ollama://name:tag}, a model of Ollama's library; {@code ollama://user/name:tag}
     *   <li>{@code https://host/path/model.gguf}
     *   <li>everything else is the path of a file
     * </ul>
     *
     * @param text the name or the path
     * @return the source; nothing is looked up yet
     * @throws IllegalArgumentException when it is empty or begins with an unknown scheme
     */
    static ModelSource of(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException(
                    "the name of a model is empty; give a path or a name such as" + " hf://org/repo:Q4_K_M");
        }
        return RemoteNames.isRemote(text) ? new Remote(text) : new File(Path.of(text));
    }

    /**
     * A GGUF file.
     *
     * @param path the file. One part of a split model, named as {@code x-00001-of-00003.gguf}, stands for all of them
     */
    static ModelSource file(Path path) {
        return new File(path);
    }

    /**
     * The parts of a split model, whatever they are called.
     *
     * @param paths the files in order
     */
    static ModelSource split(List<Path> paths) {
        return new Split(paths);
    }

    /**
     * A resource on the class path: a model that is a dependency.
     *
     * @param name its name, without a slash at the start; found by the class loader of the thread, then by that of this
     *     library
     */
    static ModelSource resource(String name) {
        return new Resource(name, null);
    }

    /**
     * A resource that a certain class loader finds.
     *
     * @param name its name, without a slash at the start
     * @param loader the class loader
     */
    static ModelSource resource(String name, ClassLoader loader) {
        return new Resource(name, loader);
    }

    /**
     * An entry of a zip or jar file.
     *
     * @param zip the file
     * @param entry the name of the entry
     */
    static ModelSource zipEntry(Path zip, String entry) {
        return new ZipEntry(zip, entry);
    }

    /**
     * A part of an open file.
     *
     * @param fd the descriptor, which stays the caller's
     * @param offset where the model begins, in bytes
     * @param size the bytes of the model, 0 for all to the end of the file
     */
    static ModelSource fileDescriptor(int fd, long offset, long size) {
        return new FileDescriptor(fd, offset, size);
    }
}
