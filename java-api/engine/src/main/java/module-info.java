/** Continuous batching: {@link dev.tokapu.engine.Engine} serves many requests with one model. */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("requires-automatic") // Micrometer and OpenTelemetry have no other modules
module dev.tokapu.engine {
    requires static jdk.jfr; // not on every runtime
    requires static micrometer
            .core; // for EngineMetrics; transitive would ask it of everybody who compiles against this
    requires static io.opentelemetry.api; // for EngineTelemetry, likewise
    requires static io.opentelemetry.context;
    requires static transitive org.jspecify;
    requires transitive dev.tokapu;
    requires org.slf4j;

    exports dev.tokapu.engine;
    exports dev.tokapu.engine.metrics;
    exports dev.tokapu.engine.telemetry;
}
