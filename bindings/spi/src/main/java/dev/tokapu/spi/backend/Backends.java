package dev.tokapu.spi.backend;

import dev.tokapu.spi.Platform;
import dev.tokapu.spi.library.Binding;
import dev.tokapu.spi.library.NativeLibraries;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The compute backends beside the CPU's: all whose jar is on the class path or whose file lies in a folder that was named are
 * loaded; one that cannot be used is left aside with the reason.
 *
 * <p>Thread safety: safe, but {@link #load} is meant to be called once, by the code that initializes the CPU backend.
 *
 * @since 0.1
 */
public final class Backends {

    /** {@code none}, or the names of the backends to load, separated by commas; all that are there when it is not set. */
    public static final String PROPERTY = "tokapu.backends";

    /** Further folders with backend files. */
    public static final String PATH_PROPERTY = "tokapu.backend.path";

    /** Folders with NVIDIA's own libraries, looked into before all other places. */
    public static final String CUDA_PROPERTY = "tokapu.cuda.dir";

    /** Folders with the libraries of ROCm, looked into before all other places. */
    public static final String ROCM_PROPERTY = "tokapu.rocm.dir";

    /** Folders with the libraries of Intel's oneAPI, looked into before all other places. */
    public static final String ONEAPI_PROPERTY = "tokapu.oneapi.dir";

    private Backends() {}

    /**
     * Loads what there is. Nothing is thrown: whatever happens, the CPU works.
     *
     * @param binding the binding; its CPU backend is initialized
     * @return what was found, loaded or not; empty when nothing was
     */
    public static List<Backend> load(Binding binding) {
        List<ClassLoader> loaders = NativeLibraries.loaders();
        BackendFinder finder = new BackendFinder(
                loaders, Platform.current(), null, Boolean.getBoolean(NativeLibraries.VERIFY_PROPERTY));
        // The libraries of a platform may have a backend among them, as macOS has Metal.
        List<Path> folders = new ArrayList<>(List.of(binding.directory()));
        folders.addAll(BackendFinder.folders(System.getProperty(PATH_PROPERTY)));
        List<Backend> unreadable = new ArrayList<>();
        List<BackendModule> modules = find(finder, folders, unreadable);
        Selection selection = Selection.of(System.getProperty(PROPERTY));
        if (modules.isEmpty() && selection.all()) {
            return unreadable;
        }
        LibrarySearch search = new LibrarySearch(SystemEnvironment.real(), loaders, Platform.current());
        List<Backend> backends = load(modules, selection, new BackendLoader(binding.api(), search));
        backends.addAll(unreadable);
        return backends;
    }

    private static List<BackendModule> find(BackendFinder finder, List<Path> folders, List<Backend> unreadable) {
        List<BackendModule> modules = new ArrayList<>();
        for (Path folder : folders) {
            try {
                modules.addAll(BackendFinder.inFolder(folder));
            } catch (IOException e) {
                unreadable.add(Backend.failed(
                        "",
                        folder.toString(),
                        "the folder cannot be read: " + e,
                        "Set -D" + PATH_PROPERTY + " to folders that hold backends, or leave it out."));
            }
        }
        modules.addAll(finder.inJars());
        return modules;
    }

    /** One backend of each name is enough: the first that works. */
    static List<Backend> load(List<BackendModule> modules, Selection selection, BackendLoader loader) {
        List<Backend> backends = new ArrayList<>();
        for (BackendModule module : modules) {
            Backend other = loaded(backends, module.name());
            if (!selection.wants(module.name())) {
                backends.add(Backend.leftOut(module, "left out by -D" + PROPERTY + '=' + selection));
            } else if (other != null) {
                backends.add(Backend.leftOut(module, "that of " + other.origin() + " is in use"));
            } else {
                backends.add(loader.load(module));
            }
        }
        for (String name : selection.names()) {
            if (modules.stream().noneMatch(module -> module.name().equals(name))) {
                backends.add(Backend.failed(
                        name,
                        "-D" + PROPERTY,
                        "there is no such backend",
                        "Add dev.tokapu:tokapu-native with its classifier to the class path, or set -D" + PATH_PROPERTY
                                + " to the folder that holds " + BackendFinder.fileName(Platform.current(), name)
                                + '.'));
            }
        }
        return backends;
    }

    private static @Nullable Backend loaded(List<Backend> backends, String name) {
        return backends.stream()
                .filter(backend -> backend.name().equals(name) && backend.state() == Backend.State.LOADED)
                .findFirst()
                .orElse(null);
    }

    /** What {@code -Dtokapu.backends} asks for. */
    record Selection(boolean all, Set<String> names) {

        static Selection of(@Nullable String property) {
            if (property == null || property.isBlank()) {
                return new Selection(true, Set.of());
            }
            Set<String> names = Arrays.stream(property.toLowerCase(Locale.ROOT).split(","))
                    .map(String::strip)
                    .filter(name -> !name.isEmpty() && !name.equals("none"))
                    .map(BackendKind::nameOf)
                    .collect(Collectors.toSet());
            return new Selection(false, names);
        }

        boolean wants(String name) {
            return all || names.contains(name);
        }

        @Override
        public String toString() {
            return names.isEmpty() ? "none" : names.stream().sorted().collect(Collectors.joining(","));
        }
    }
}
