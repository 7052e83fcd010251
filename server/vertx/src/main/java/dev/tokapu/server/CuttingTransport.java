package dev.tokapu.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TcpConfig;
import io.vertx.core.spi.transport.Transport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;

/**
 * Java's own sockets, at most so many, and a way to cut a connection. Vert.x closes a connection when all that was written has gone out,
 * which is never where a client takes nothing; and it tells of a connection when its TLS handshake is complete, which may be never.
 *
 * <p>Thread safety: safe.
 */
final class CuttingTransport implements io.vertx.core.transport.Transport {

    private static final io.vertx.core.transport.Transport NIO = io.vertx.core.transport.Transport.NIO;

    private final Map<java.net.SocketAddress, Channel> accepted = new ConcurrentHashMap<>();
    private final int most;

    /** {@code most}: so many connections may be open, further ones are closed at once. */
    CuttingTransport(int most) {
        this.most = most;
    }

    /** Cuts the connection from this address; what was written and not sent is lost. */
    void cut(SocketAddress remote) {
        Channel channel = accepted.get(implementation().convert(remote));
        if (channel != null) {
            cut(channel);
        }
    }

    /** Cuts all connections, in the middle of a handshake or not. */
    void cutAll() {
        accepted.values().forEach(CuttingTransport::cut);
    }

    private static void cut(Channel channel) {
        channel.eventLoop().execute(() -> channel.unsafe().close(channel.voidPromise()));
    }

    /** A Vert.x whose connections it cuts. */
    Vertx vertx() {
        return Vertx.builder()
                .withTransport(this)
                .with(new VertxOptions()
                        .setEventLoopPoolSize(1)
                        .setWorkerPoolSize(1)
                        .setInternalBlockingPoolSize(1)
                        .setUseDaemonThread(true)
                        .setFileSystemOptions(new FileSystemOptions()
                                .setFileCachingEnabled(false)
                                .setClassPathResolvingEnabled(false)))
                .build();
    }

    @Override
    public String name() {
        return NIO.name();
    }

    @Override
    public boolean available() {
        return NIO.available();
    }

    @Override
    @SuppressWarnings("NullAway") // null where it is available
    public Throwable unavailabilityCause() {
        return NIO.unavailabilityCause();
    }

    @Override
    public Transport implementation() {
        return new Nio(NIO.implementation());
    }

    /** Server sockets that remember what they accept; all else is as it was. */
    @SuppressWarnings("deprecation") // the interface has types that are
    private final class Nio implements Transport {

        private final Transport nio;

        Nio(Transport nio) {
            this.nio = nio;
        }

        @Override
        public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
            return domainSocket ? nio.serverChannelFactory(true) : Acceptor::new;
        }

        @Override
        public IoHandlerFactory ioHandlerFactory() {
            return nio.ioHandlerFactory();
        }

        @Override
        public EventLoopGroup eventLoopGroup(int type, int threads, ThreadFactory factory, int ioRatio) {
            return nio.eventLoopGroup(type, threads, factory, ioRatio);
        }

        @Override
        public DatagramChannel datagramChannel(InternetProtocolFamily family) {
            return nio.datagramChannel(family);
        }

        @Override
        public ChannelFactory<? extends DatagramChannel> datagramChannelFactory() {
            return nio.datagramChannelFactory();
        }

        @Override
        public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
            return nio.channelFactory(domainSocket);
        }

        @Override
        public java.net.SocketAddress convert(SocketAddress address) {
            return nio.convert(address);
        }

        @Override
        public SocketAddress convert(java.net.SocketAddress address) {
            return nio.convert(address);
        }

        @Override
        public void configure(TcpConfig config, boolean domainSocket, io.netty.bootstrap.ServerBootstrap bootstrap) {
            nio.configure(config, domainSocket, bootstrap);
        }

        @Override
        public void configure(TcpConfig config, boolean domainSocket, io.netty.bootstrap.Bootstrap bootstrap) {
            nio.configure(config, domainSocket, bootstrap);
        }
    }

    private final class Acceptor extends NioServerSocketChannel {

        @Override
        protected int doReadMessages(List<Object> messages) throws Exception {
            int before = messages.size(); // of earlier reads
            int count = super.doReadMessages(messages);
            messages.subList(before, messages.size())
                    .removeIf(message -> message instanceof Channel channel && !keep(channel));
            return count;
        }

        private boolean keep(Channel channel) {
            java.net.SocketAddress remote = channel.remoteAddress();
            if (remote == null || accepted.size() >= most) { // gone already, or one too many
                channel.unsafe().closeForcibly();
                return false;
            }
            accepted.put(remote, channel);
            channel.closeFuture().addListener(closed -> accepted.remove(remote, channel));
            return true;
        }
    }
}
