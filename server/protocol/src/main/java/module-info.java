/** The engine's protocols over HTTP, for any HTTP library: {@link dev.tokapu.server.api.Dispatcher} serves an {@link dev.tokapu.server.http.Exchange}. */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("requires-automatic") // OpenTelemetry has no other modules
module dev.tokapu.server.protocol {
    requires static transitive org.jspecify;
    requires transitive dev.tokapu.engine;
    requires com.fasterxml.jackson.core;
    requires static io.opentelemetry.api;
    requires static io.opentelemetry.context;
    requires static jdk.jfr; // not on every runtime
    requires org.slf4j;

    exports dev.tokapu.server.anthropic;
    exports dev.tokapu.server.api;
    exports dev.tokapu.server.batches;
    exports dev.tokapu.server.caller;
    exports dev.tokapu.server.disk;
    exports dev.tokapu.server.download;
    exports dev.tokapu.server.files;
    exports dev.tokapu.server.flight;
    exports dev.tokapu.server.generate;
    exports dev.tokapu.server.health;
    exports dev.tokapu.server.http;
    exports dev.tokapu.server.json;
    exports dev.tokapu.server.live;
    exports dev.tokapu.server.llamacpp;
    exports dev.tokapu.server.model;
    exports dev.tokapu.server.ollama;
    exports dev.tokapu.server.openai;
    exports dev.tokapu.server.pool;
    exports dev.tokapu.server.page;
    exports dev.tokapu.server.problem;
    exports dev.tokapu.server.rerank;
    exports dev.tokapu.server.responses;
    exports dev.tokapu.server.streams;
    exports dev.tokapu.server.trace;
}
