package dev.tokapu.quarkus;

import dev.tokapu.Model;
import dev.tokapu.engine.Engine;
import io.quarkus.arc.BeanDestroyer;
import jakarta.enterprise.context.spi.CreationalContext;
import java.util.Map;

/**
 * Closes an engine that the extension has started, and its model.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class EngineDestroyer implements BeanDestroyer<Engine> {

    /** Quarkus does. */
    public EngineDestroyer() {}

    @Override
    public void destroy(Engine instance, CreationalContext<Engine> creationalContext, Map<String, Object> params) {
        Model model = instance.model();
        instance.close();
        model.close();
    }
}
