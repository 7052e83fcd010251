/** An HTTP server for engines: {@link dev.tokapu.server.Server}. */
@org.jspecify.annotations.NullMarked
module dev.tokapu.server {
    requires static transitive org.jspecify;
    requires transitive dev.tokapu.server.protocol;
    requires io.netty.common;
    requires io.netty.transport;
    requires io.vertx.core;
    requires org.slf4j;

    exports dev.tokapu.server;
}
