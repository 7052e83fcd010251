package dev.tokapu.quarkus.deployment;

import dev.tokapu.HollowModel;
import dev.tokapu.Playbook;
import dev.tokapu.TestModels;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import io.quarkus.test.QuarkusUnitTest;

/** Applications of tests. */
final class Applications {

    private Applications() {}

    /** With classes of a test; without OpenTelemetry. */
    static QuarkusUnitTest with(Class<?>... classes) {
        return traced(classes).overrideRuntimeConfigKey("quarkus.otel.sdk.disabled", "true");
    }

    /** The same with OpenTelemetry, which sends nothing. */
    static QuarkusUnitTest traced(Class<?>... classes) {
        return new QuarkusUnitTest()
                .withApplicationRoot(jar -> jar.addClasses(classes)
                        .addClasses(Applications.class, HollowModel.class, Playbook.class, TestModels.class))
                .overrideConfigKey("quarkus.http.test-port", "0")
                .overrideConfigKey("quarkus.otel.traces.exporter", "none");
    }

    /** An engine that an application has itself. */
    static Engine engine() {
        return Engine.start(
                HollowModel.load(),
                EngineOptions.builder()
                        .context(TestModels.small().build())
                        .maxSequences(1)
                        .sequenceContextSize(512)
                        .build());
    }

    /** Closes it. */
    static void close(Engine engine) {
        engine.close();
        engine.model().close();
    }
}
