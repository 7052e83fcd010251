package dev.tokapu.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TcpConfig;
import io.vertx.core.spi.transport.Transport;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;

/**
 * Sockets of Linux's epoll where Netty's library for it loads, else Java's own; at most so many, and a way to cut a connection. Vert.x closes
 * a connection when all that was written has gone out, which is never where a client takes nothing; and it tells of a connection when its TLS
 * handshake is complete, which may be never.
 *
 * <p>Thread safety: safe.
 */
final class CuttingTransport implements io.vertx.core.transport.Transport {

    private final Map<java.net.SocketAddress, Channel> accepted = new ConcurrentHashMap<>();
    private final io.vertx.core.transport.Transport sockets;
    private final int most;

    /** {@code most}: so many connections may be open, further ones are closed at once. */
    CuttingTransport(int most) {
        this(best(), most);
    }

    CuttingTransport(io.vertx.core.transport.Transport sockets, int most) {
        this.sockets = sockets;
        this.most = most;
    }

    private static io.vertx.core.transport.Transport best() {
        io.vertx.core.transport.Transport epoll = io.vertx.core.transport.Transport.EPOLL;
        return epoll != null && epoll.available() ? epoll : io.vertx.core.transport.Transport.NIO;
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
        return sockets.name();
    }

    @Override
    public boolean available() {
        return sockets.available();
    }

    @Override
    @SuppressWarnings("NullAway") // null where it is available
    public Throwable unavailabilityCause() {
        return sockets.unavailabilityCause();
    }

    @Override
    public Transport implementation() {
        return new Remembering(sockets.implementation());
    }

    /** Server sockets that remember what they accept; all else is as it was. */
    @SuppressWarnings("deprecation") // the interface has types that are
    private final class Remembering implements Transport {

        private final Transport sockets;

        Remembering(Transport sockets) {
            this.sockets = sockets;
        }

        @Override
        public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
            ChannelFactory<? extends ServerChannel> factory = sockets.serverChannelFactory(domainSocket);
            return () -> {
                ServerChannel channel = factory.newChannel();
                channel.pipeline().addLast(new Acceptor());
                return channel;
            };
        }

        @Override
        public IoHandlerFactory ioHandlerFactory() {
            return sockets.ioHandlerFactory();
        }

        @Override
        public EventLoopGroup eventLoopGroup(int type, int threads, ThreadFactory factory, int ioRatio) {
            return sockets.eventLoopGroup(type, threads, factory, ioRatio);
        }

        @Override
        public DatagramChannel datagramChannel(InternetProtocolFamily family) {
            return sockets.datagramChannel(family);
        }

        @Override
        public ChannelFactory<? extends DatagramChannel> datagramChannelFactory() {
            return sockets.datagramChannelFactory();
        }

        @Override
        public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
            return sockets.channelFactory(domainSocket);
        }

        @Override
        public java.net.SocketAddress convert(SocketAddress address) {
            return sockets.convert(address);
        }

        @Override
        public SocketAddress convert(java.net.SocketAddress address) {
            return sockets.convert(address);
        }

        @Override
        public void configure(TcpConfig config, boolean domainSocket, io.netty.bootstrap.ServerBootstrap bootstrap) {
            sockets.configure(config, domainSocket, bootstrap);
        }

        @Override
        public void configure(TcpConfig config, boolean domainSocket, io.netty.bootstrap.Bootstrap bootstrap) {
            sockets.configure(config, domainSocket, bootstrap);
        }
    }

    /** Sees what a server socket accepts before anything else does. */
    private final class Acceptor extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (!(message instanceof Channel channel) || keep(channel)) {
                context.fireChannelRead(message);
            }
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
