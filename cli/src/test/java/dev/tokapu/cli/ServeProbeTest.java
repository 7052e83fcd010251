package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code serve --probe} says of a server; {@code ServeIT} asks one with a certificate. */
@Timeout(60)
class ServeProbeTest {

    private static int probe(String host, int port) {
        ServeArgs serve = new ServeArgs();
        serve.hosts = List.of(host);
        serve.port = port;
        return new ServeProbe(serve).run();
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, 200", "0.0.0.0, 200", "127.0.0.1, 503"})
    void probe_isWhatLiveSays(String host, int status) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/live", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        try {
            int port = server.getAddress().getPort();
            if (status == 200) {
                assertThat(probe(host, port)).isEqualTo(ExitCode.OK);
            } else {
                assertThatExceptionOfType(CliException.class)
                        .isThrownBy(() -> probe(host, port))
                        .withMessage("http://127.0.0.1:" + port + "/live answers with 503")
                        .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.SERVER));
            }
        } finally {
            server.stop(0);
        }
    }

    @Test
    void nobodyListens_isNotLive() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        assertThatExceptionOfType(CliException.class)
                .isThrownBy(() -> probe("127.0.0.1", free))
                .withMessageContaining("cannot be reached")
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.SERVER));
    }

    @Test
    void anyPort_cannotBeAsked() {
        assertThatExceptionOfType(CliException.class)
                .isThrownBy(() -> probe("127.0.0.1", 0))
                .withMessageContaining("--port");
    }
}
