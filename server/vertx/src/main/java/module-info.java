/** An HTTP server for engines: {@link dev.tokapu.server.Server}. */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("requires-automatic") // Micrometer and Prometheus have no other modules
module dev.tokapu.server {
    requires static transitive org.jspecify;
    requires transitive dev.tokapu.server.protocol;
    requires dev.tokapu.server.page;
    requires io.netty.common;
    requires io.netty.transport;
    requires io.prometheus.metrics.model;
    requires io.prometheus.metrics.tracer.common;
    requires io.vertx.core;
    requires micrometer.core;
    requires micrometer.registry.prometheus;
    requires org.slf4j;

    exports dev.tokapu.server;
}
