package dev.tokapu.cli;

import dev.tokapu.server.model.ServedModels;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes other keys and presets when their files change, and on SIGHUP. What cannot be read changes nothing. */
final class ServeReload implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tokapu.server.Server");
    private static final int SECONDS = 2;

    private final ServeArgs serve;
    private final ServeModels source;
    private final ServedModels models;
    private final @Nullable ReloadedKeys keys;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread daemon = new Thread(task, "tokapu-reload");
        daemon.setDaemon(true);
        return daemon;
    });
    private final Map<Path, String> seen = new HashMap<>();

    private ServeReload(ServeArgs serve, ServeModels source, ServedModels models, @Nullable ReloadedKeys keys) {
        this.serve = serve;
        this.source = source;
        this.models = models;
        this.keys = keys;
    }

    /** Begins to look. */
    static ServeReload start(ServeArgs serve, ServeModels source, ServedModels models, @Nullable ReloadedKeys keys) {
        ServeReload reload = new ServeReload(serve, source, models, keys);
        if (!reload.files().isEmpty()) {
            reload.changed();
            reload.schedule();
            reload.onHangup();
        }
        return reload;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it ends with the thread
    private void schedule() {
        thread.scheduleWithFixedDelay(this::look, SECONDS, SECONDS, TimeUnit.SECONDS);
    }

    private List<Path> files() {
        return Stream.of(serve.config, serve.keyFile, serve.models)
                .flatMap(Stream::ofNullable)
                .toList();
    }

    private void look() {
        List<Path> changed = changed();
        if (!changed.isEmpty()) {
            reload(changed);
        }
    }

    /** What has changed since the last time. */
    private List<Path> changed() {
        List<Path> changed = new ArrayList<>();
        for (Path file : files()) {
            String now = state(file);
            if (!now.equals(seen.put(file, now))) {
                changed.add(file);
            }
        }
        return changed;
    }

    private static String state(Path file) {
        try {
            StringBuilder state = new StringBuilder();
            state.append(Files.getLastModifiedTime(file)).append(Files.size(file));
            if (Files.isDirectory(file)) {
                try (Stream<Path> names = Files.walk(file, 2)) {
                    names.sorted().forEach(name -> state.append('/').append(name));
                }
            }
            return state.toString();
        } catch (IOException e) {
            return e.toString();
        }
    }

    private void reload(List<Path> changed) {
        Path file = serve.keyFile;
        if (keys != null && file != null && changed.contains(file)) {
            try {
                keys.reload(file);
                LOG.warn("The API keys of {} are read again", file);
            } catch (IOException | RuntimeException e) {
                LOG.warn("The API keys stay as they were, for {} cannot be used: {}", file, e.getMessage());
            }
        }
        if (changed.stream().anyMatch(one -> one.equals(serve.config) || one.equals(serve.models))) {
            try {
                models.replace(source.presets());
                CompletableFuture<Void> unused = models.loadPinned();
                LOG.warn("The presets are read again: {}", models);
            } catch (RuntimeException e) {
                LOG.warn("The presets stay as they were: {}", e.getMessage());
            }
        }
    }

    /** By reflection: sun.misc.Signal is no part of Java's API, and where it is missing, files that change are enough. */
    private void onHangup() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object reload = Proxy.newProxyInstance(
                    ServeReload.class.getClassLoader(),
                    new Class<?>[] {handler},
                    (proxy, method, args) -> answer(method, args));
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), reload);
        } catch (ReflectiveOperationException e) {
            Throwable cause = e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e;
            LOG.debug("SIGHUP is not for us: {}", cause.toString());
        }
    }

    private @Nullable Object answer(Method method, Object @Nullable [] args) throws ReflectiveOperationException {
        if (method.getDeclaringClass().equals(Object.class)) {
            return method.invoke(thread, args);
        }
        thread.execute(() -> reload(files()));
        return null;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
