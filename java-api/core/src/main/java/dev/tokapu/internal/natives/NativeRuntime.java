package dev.tokapu.internal.natives;

import dev.tokapu.exception.NativeLibraryException;
import dev.tokapu.spi.LogLevel;
import dev.tokapu.spi.NativeApi;
import dev.tokapu.spi.NativeLoadException;
import dev.tokapu.spi.backend.Backend;
import dev.tokapu.spi.backend.Backends;
import dev.tokapu.spi.library.Binding;
import dev.tokapu.spi.library.Bindings;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The native libraries of this process: loaded at the first use, with the log connected to SLF4J and the compute backends
 * loaded. A backend beside the CPU's that cannot be used is reported once, as a warning; the CPU works all the same.
 *
 * <p>Lines of llama.cpp go to the logger {@code llama.cpp}, debug, info, warn and error each to its own level. Which levels
 * cross from native code at all is read from the logger whenever a model is loaded.
 *
 * <p>Thread safety: safe.
 */
public final class NativeRuntime {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.Tokapu");
    private static final Logger LLAMA = LoggerFactory.getLogger("llama.cpp");
    private static final int LOG_NOTHING = LogLevel.ERROR + 1;

    /** Forces a variant of the CPU backend by its name. */
    private static final String CPU_PROPERTY = "tokapu.cpu";

    /** A line of llama.cpp that waits to be logged. */
    private record Line(int level, String text) {}

    private static volatile @Nullable Binding ready;
    private static volatile List<Backend> backends = List.of();
    private static volatile @Nullable Queue<Line> waiting;
    private static int logLevel = -1;

    private NativeRuntime() {}

    /**
     * The binding of this process, loaded at the first call; after a failure the next call tries again.
     *
     * @return the binding, ready for models
     * @throws NativeLibraryException when the libraries cannot be loaded
     */
    public static Binding binding() {
        Binding binding = ready;
        if (binding == null) {
            synchronized (NativeRuntime.class) {
                binding = ready;
                if (binding == null) {
                    binding = start();
                    ready = binding;
                }
            }
        }
        return binding;
    }

    private static Binding start() {
        Binding binding;
        try {
            binding = Bindings.get();
        } catch (NativeLoadException e) {
            throw new NativeLibraryException(String.valueOf(e.getMessage()), e);
        }
        NativeApi api = binding.api();
        connectLog(api);
        String variant = System.getProperty(CPU_PROPERTY, "");
        byte[] directory = NativeErrors.utf8(binding.directory().toString());
        int status = api.backends().init(directory, NativeErrors.utf8(variant), NumaPlacement.asked());
        if (status < 0) {
            String options = (variant.isEmpty() ? "" : " -D" + CPU_PROPERTY + "=" + variant) + NumaPlacement.option();
            throw new NativeLibraryException("cannot load the compute backends in " + binding.directory()
                    + (options.isEmpty() ? "" : " with" + options) + ": " + NativeErrors.lastError(api));
        }
        backends = loadBackends(binding);
        return binding;
    }

    /**
     * The backends beside the CPU's.
     *
     * @return what was found, loaded or not
     * @throws NativeLibraryException when the libraries cannot be loaded
     */
    public static List<Backend> backends() {
        binding();
        return backends;
    }

    /** What ggml says about attempts that failed is in our own message, and an error of its own only at debug level. */
    private static List<Backend> loadBackends(Binding binding) {
        Queue<Line> lines = new ConcurrentLinkedQueue<>();
        waiting = lines;
        List<Backend> found;
        try {
            found = Backends.load(binding);
        } finally {
            waiting = null;
        }
        boolean failed = false;
        for (Backend backend : found) {
            switch (backend.state()) {
                case FAILED -> {
                    failed = true;
                    LOG.warn(
                            "The {} backend of {} is not used: {}. {}",
                            backend.name(),
                            backend.origin(),
                            backend.problem(),
                            backend.advice());
                }
                case LOADED ->
                    LOG.info(
                            "The {} backend of {} is loaded, devices: {}",
                            backend.name(),
                            backend.origin(),
                            backend.devices());
                case LEFT_OUT ->
                    LOG.debug(
                            "The {} backend of {} is not used: {}",
                            backend.name(),
                            backend.origin(),
                            backend.problem());
            }
        }
        for (Line line : lines) {
            log(failed ? LogLevel.DEBUG : line.level(), line.text());
        }
        return List.copyOf(found);
    }

    /**
     * The functions of this process.
     *
     * @return the functions, ready for models
     * @throws NativeLibraryException when the libraries cannot be loaded
     */
    public static NativeApi api() {
        return binding().api();
    }

    /** Lets exactly those levels cross from native code that the logger takes now. */
    public static synchronized void connectLog(NativeApi api) {
        int level = wantedLevel();
        if (level == logLevel) {
            return;
        }
        int status = level == LOG_NOTHING
                ? api.system().logSet(null, LogLevel.ERROR)
                : api.system().logSet(NativeRuntime::log, level);
        NativeErrors.check(api, status, "setting the log callback", "native library");
        logLevel = level;
    }

    private static int wantedLevel() {
        if (LLAMA.isDebugEnabled()) {
            return LogLevel.DEBUG;
        }
        if (LLAMA.isInfoEnabled()) {
            return LogLevel.INFO;
        }
        if (LLAMA.isWarnEnabled()) {
            return LogLevel.WARN;
        }
        return LLAMA.isErrorEnabled() ? LogLevel.ERROR : LOG_NOTHING;
    }

    private static void log(int level, String line) {
        Queue<Line> queue = waiting;
        if (queue != null) {
            queue.add(new Line(level, line));
            return;
        }
        switch (level) {
            case LogLevel.ERROR -> LLAMA.error("{}", line);
            case LogLevel.WARN -> LLAMA.warn("{}", line);
            case LogLevel.INFO -> LLAMA.info("{}", line);
            default -> LLAMA.debug("{}", line);
        }
    }
}
