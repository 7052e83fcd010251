package dev.tokapu.quarkus;

import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineSnapshot;
import io.quarkiverse.langchain4j.ModelName;
import io.quarkiverse.langchain4j.runtime.NamedConfigUtil;
import io.quarkus.arc.Arc;
import io.quarkus.arc.InjectableBean;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Default;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.lang.annotation.Annotation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/**
 * The engines of the application. They are started before the application's own observers of the start; when it stops they accept no new requests and
 * finish the requests in progress.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
@Singleton
public final class TokapuEngines {

    static final String CHAT = "chat-model";
    static final String EMBEDDING = "embedding-model";

    private static final Logger LOG = Logger.getLogger(TokapuEngines.class);

    private final Duration most;
    private volatile Map<String, Engine> started = Map.of();
    private volatile boolean ready;

    TokapuEngines(TokapuConfig config) {
        this.most = config.shutdownTimeout();
    }

    /** {@return the name of the models that are configured by this name, as it is in their properties} */
    static String key(String configName, String kind) {
        return NamedConfigUtil.isDefault(configName) ? kind : configName + "." + kind;
    }

    /** {@return the engines by their names: {@code chat-model}, {@code embedding-model}, of named ones {@code NAME.chat-model}} */
    Map<String, Engine> byName() {
        return started;
    }

    /** {@return whether all have been started, and all take requests} */
    boolean isReady() {
        return ready && started.values().stream().allMatch(Engine::isOpen);
    }

    void start(@Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) StartupEvent event) {
        Map<String, Engine> engines = new TreeMap<>();
        beans().forEach((name, bean) -> engines.put(name, engine(bean)));
        started = Collections.unmodifiableMap(engines);
        ready = true;
    }

    /** Those of the properties, too, where the application has an engine of another name; in place of an engine of the same name it has its own. */
    private static Map<String, InjectableBean<?>> beans() {
        Map<String, List<InjectableBean<?>>> named = new TreeMap<>();
        for (Bean<?> each : Arc.container().beanManager().getBeans(Engine.class, Any.Literal.INSTANCE)) {
            if (each instanceof InjectableBean<?> bean && bean.isActive()) {
                named.computeIfAbsent(name(bean), name -> new ArrayList<>()).add(bean);
            }
        }
        Map<String, InjectableBean<?>> beans = new TreeMap<>();
        named.forEach((name, alike) -> {
            if (!alike.stream().allMatch(InjectableBean::isDefaultBean)) {
                alike.removeIf(InjectableBean::isDefaultBean);
            }
            alike.forEach(bean -> beans.put(alike.size() == 1 ? name : distinct(name, bean), bean));
        });
        return beans;
    }

    /** A name where several beans have the same qualifiers, which cannot be injected by these alone. */
    private static String distinct(String name, InjectableBean<?> bean) {
        return bean.getName() == null ? name + "-" + bean.getIdentifier() : bean.getName();
    }

    private static Engine engine(InjectableBean<?> bean) {
        return (Engine) Arc.container().instance(bean).get();
    }

    /** What tells it from other engines, which is what it is injected by. */
    private static String name(InjectableBean<?> bean) {
        SortedSet<String> own = new TreeSet<>();
        for (Annotation qualifier : bean.getQualifiers()) {
            if (qualifier instanceof Identifier identifier) {
                return identifier.value();
            }
            if (qualifier instanceof ModelName name) {
                return key(name.value(), CHAT);
            }
            if (qualifier instanceof Default) {
                return CHAT; // whatever else it is called
            }
            if (!(qualifier instanceof Any) && !(qualifier instanceof Named)) {
                own.add(text(qualifier));
            }
        }
        if (bean.getName() != null) {
            return bean.getName();
        }
        return own.isEmpty() ? bean.getIdentifier() : String.join(" ", own);
    }

    /** {@return {@code Sized} or {@code Sized(large)} of {@code @org.shop.Sized(value=large)}, as it is in Quarkus} */
    private static String text(Annotation qualifier) {
        return qualifier
                .toString()
                .replaceFirst("^@[^(]*[.$]", "")
                .replaceFirst("\\(\\)$", "")
                .replaceFirst("\\(value=", "(");
    }

    /** All at once: each has the whole time, and none takes requests while another one is drained. */
    void stop(@Observes @Priority(Interceptor.Priority.LIBRARY_AFTER) ShutdownEvent event) {
        if (LaunchMode.current() == LaunchMode.DEVELOPMENT) {
            return; // a restart after a change does not wait for answers
        }
        List<CompletableFuture<Void>> drains = new ArrayList<>();
        started.forEach((name, engine) ->
                drains.add(CompletableFuture.runAsync(() -> drain(name, engine), TokapuEngines::inBackground)));
        CompletableFuture.allOf(drains.toArray(CompletableFuture<?>[]::new)).join();
    }

    private void drain(String name, Engine engine) {
        EngineSnapshot before = engine.snapshot();
        if (!engine.drain(most)) {
            LOG.warnf(
                    "%s had %d requests, which did not all come to their end within %s",
                    name, before.waiting() + before.running(), most);
        }
    }

    private static void inBackground(Runnable task) {
        Thread thread = new Thread(task, "tokapu-drain");
        thread.setDaemon(true);
        thread.start();
    }
}
