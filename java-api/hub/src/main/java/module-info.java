/** Models of hubs: {@link dev.tokapu.hub.Hub} downloads them, checks them and keeps them in a cache. */
@org.jspecify.annotations.NullMarked
module dev.tokapu.hub {
    requires static transitive org.jspecify;
    requires transitive dev.tokapu;
    requires dev.tokapu.spi;
    requires java.net.http;
    requires org.slf4j;

    exports dev.tokapu.hub;

    provides dev.tokapu.source.RemoteModels with
            dev.tokapu.hub.HubModels;
}
