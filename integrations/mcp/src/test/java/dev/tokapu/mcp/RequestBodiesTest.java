package dev.tokapu.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bodies that are large, slow, many, without a length, and cut off. */
@Timeout(120)
class RequestBodiesTest {

    private static final int MOST = 10_000;
    private static final int MOST_OF_ALL = 15_000;
    private static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\"}";

    private final HttpClient http = HttpClient.newHttpClient();
    private McpHttpServer server;

    @BeforeEach
    void start() throws IOException {
        InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = McpHttpServer.start(
                "web", "1", ToolProgram.tools("good"), free, null, new RequestBodies(MOST, MOST_OF_ALL));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** A message with blanks behind it. */
    private static String ping(int length) {
        return PING + " ".repeat(length - PING.length());
    }

    private HttpResponse<String> send(BodyPublisher body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.uri())
                .header("content-type", "application/json")
                .POST(body)
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> send(int length) throws Exception {
        return send(BodyPublishers.ofString(ping(length)));
    }

    private HttpResponse<String> sendInChunks(int length) throws Exception {
        byte[] body = ping(length).getBytes(StandardCharsets.UTF_8);
        return send(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)));
    }

    /** Sends until the server has seen what others do to it. */
    private HttpResponse<String> sendUntil(int status, int length) throws Exception {
        HttpResponse<String> response = send(length);
        while (response.statusCode() != status) {
            Thread.sleep(1);
            response = send(length);
        }
        return response;
    }

    /** A connection on which the first bytes of a body are sent. */
    private Socket begin(String body, int sent) throws IOException {
        Socket socket = new Socket(server.uri().getHost(), server.uri().getPort());
        write(
                socket,
                "POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: "
                        + body.length() + "\r\n\r\n" + body.substring(0, sent));
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    private static String answer(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void body_thatIsTooLarge_isRefused_withAndWithoutALength() throws Exception {
        assertThat(send(MOST).statusCode()).isEqualTo(200);
        assertThat(sendInChunks(MOST).statusCode()).isEqualTo(200);
        HttpResponse<String> refused = send(MOST + 1);
        assertThat(refused.statusCode()).isEqualTo(413);
        assertThat(refused.body()).contains("a message has more than 10000 bytes");
        assertThat(sendInChunks(MOST + 1).statusCode()).isEqualTo(413);
        assertThat(sendInChunks(2 * MOST).statusCode()).isEqualTo(413);
        assertThat(send(MOST).statusCode()).isEqualTo(200);
    }

    /** None of it need come: what is announced is too much already. */
    @Test
    void body_withAHugeLength_isRefusedBeforeItComes() throws Exception {
        try (Socket socket = new Socket(server.uri().getHost(), server.uri().getPort());
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            write(
                    socket,
                    "POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: "
                            + Long.MAX_VALUE + "\r\n\r\n");
            assertThat(in.readLine()).startsWith("HTTP/1.1 413 ");
        }
    }

    @Test
    void bodies_thatAreSlow_holdUpNobody() throws Exception {
        String body = ping(100);
        try (Socket first = begin(body, 50);
                Socket second = begin(body, 0)) {
            assertThat(send(MOST).statusCode()).isEqualTo(200);
            write(second, body);
            assertThat(answer(second)).startsWith("HTTP/1.1 200 ");
            write(first, body.substring(50));
            assertThat(answer(first)).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void bodies_thatAreTooLargeTogether_areRefused_untilOneIsAnswered() throws Exception {
        String body = ping(MOST);
        try (Socket slow = begin(body, MOST - 1)) {
            HttpResponse<String> refused = sendUntil(503, MOST);
            assertThat(refused.headers().firstValue("retry-after")).contains("1");
            assertThat(refused.body()).contains("try again later");
            assertThat(send(100).statusCode()).isEqualTo(200);
            write(slow, body.substring(MOST - 1));
            assertThat(answer(slow)).startsWith("HTTP/1.1 200 ");
            sendUntil(200, MOST);
        }
    }

    @Test
    void body_thatIsCutOff_isForgotten() throws Exception {
        try (Socket slow = begin(ping(MOST), MOST - 1)) {
            sendUntil(503, MOST);
        }
        sendUntil(200, MOST);
    }
}
