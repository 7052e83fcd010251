package dev.tokapu.examples.micronaut;

import dev.tokapu.engine.Engine;
import io.micronaut.context.event.ApplicationEventListener;
import io.micronaut.context.event.ShutdownEvent;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Lets the engine finish what it has when the application stops. */
@Singleton
final class Shutdown implements ApplicationEventListener<ShutdownEvent> {

    private final Engine engine;

    Shutdown(Engine engine) {
        this.engine = engine;
    }

    @Override
    public void onApplicationEvent(ShutdownEvent event) {
        engine.drain(Duration.ofSeconds(20));
    }
}
