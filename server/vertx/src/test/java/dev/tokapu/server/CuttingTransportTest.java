package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class CuttingTransportTest {

    private static List<Transport> all() {
        return List.of(Transport.NIO, Transport.EPOLL);
    }

    @Test
    void linux_hasEpoll() {
        assertThat(new CuttingTransport(1).name()).isEqualTo("epoll");
    }

    @ParameterizedTest
    @MethodSource("all")
    void connection_isCut_andOneTooManyIsClosed(Transport sockets) throws Exception {
        CuttingTransport transport = new CuttingTransport(sockets, 1);
        Vertx vertx = transport.vertx();
        try {
            CompletableFuture<Void> closed = new CompletableFuture<>();
            HttpServer server = vertx.createHttpServer()
                    .connectionHandler(connection -> connection.closeHandler(gone -> closed.complete(null)))
                    .requestHandler(
                            request -> request.response().setChunked(true).write("begun"));
            Listening.await(server.listen(0, "127.0.0.1"), Duration.ofMinutes(1));
            try (Socket first = client(server)) {
                assertThat(first.getInputStream().read()).isEqualTo('H');
                try (Socket second = client(server)) {
                    assertThat(isOver(second)).isTrue();
                }
                transport.cutAll();
                assertThat(isOver(first)).isTrue();
                closed.get(1, TimeUnit.MINUTES);
            }
            try (Socket third = client(server)) {
                assertThat(third.getInputStream().read()).isEqualTo('H');
            }
        } finally {
            Listening.await(vertx.close(), Duration.ofMinutes(1));
        }
    }

    private static Socket client(HttpServer server) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.actualPort());
        try {
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        } catch (SocketException e) {
            // closed already
        }
        return socket;
    }

    private static boolean isOver(Socket socket) throws IOException {
        try {
            while (socket.getInputStream().read() >= 0) {
                // what came before
            }
            return true;
        } catch (SocketException e) { // reset
            return true;
        }
    }
}
