package dev.tokapu.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.testsupport.LogCapture;
import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolResult;
import dev.tokapu.tool.Tools;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tools over streamable HTTP: what our own client sees, and what others may do wrong. */
@Timeout(120)
class McpHttpServerTest {

    private static final InetSocketAddress FREE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\"}";

    private final HttpClient http = HttpClient.newHttpClient();
    private McpHttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = McpHttpServer.start("web", "1", ToolProgram.tools("good"), FREE, "secret");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpRequest.Builder post(String body) {
        return HttpRequest.newBuilder(server.uri())
                .header("authorization", "Bearer secret")
                .header("content-type", "application/json")
                .header("accept", "application/json, text/event-stream")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void client_callsTools_inParallel_andSeesTheirErrors() {
        try (McpClient client = McpClient.http(server.uri())
                .header("authorization", "Bearer secret")
                .connect()) {
            List<Tool> tools = client.tools();
            assertThat(ToolProgram.names(tools)).contains("echo", "fail");
            List<ToolResult> results = Tools.builder()
                    .add(tools)
                    .build()
                    .run(List.of(
                            new ToolCall("1", "echo", "{\"text\":\"sea\"}"),
                            new ToolCall("2", "fail", "{}"),
                            new ToolCall("3", "echo", "{\"text\":\"sun\"}")));
            assertThat(results.get(0).text()).contains("sea");
            assertThat(results.get(1).isError()).isTrue();
            assertThat(results.get(1).text()).contains("no such file: notes.txt");
            assertThat(results.get(2).text()).contains("sun");
        }
    }

    @Test
    void requests_areAnswered_andNotificationsTaken() throws Exception {
        HttpResponse<String> answer = send(post(PING));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"id\":7", "\"result\"");
        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
        HttpResponse<String> taken = send(post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}"));
        assertThat(taken.statusCode()).isEqualTo(202);
        assertThat(taken.body()).isEmpty();
        assertThat(send(post("{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"nonsense\"}"))
                        .body())
                .contains("\"id\":8", "-32601");
    }

    @Test
    void whatIsNoMessage_isRefused_andTheServerGoesOn() throws Exception {
        assertThat(send(post("{"))).satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains("-32700");
        });
        assertThat(send(post(PING).setHeader("content-type", "text/plain")).statusCode())
                .isEqualTo(415);
        HttpResponse<String> packed = send(post(PING).setHeader("content-encoding", "gzip"));
        assertThat(packed.statusCode()).isEqualTo(415);
        assertThat(packed.body()).contains("content-encoding 'gzip'");
        assertThat(send(post(PING).setHeader("mcp-protocol-version", "1999-01-01"))
                        .statusCode())
                .isEqualTo(400);
        HttpResponse<String> got = send(post(PING).GET());
        assertThat(got.statusCode()).isEqualTo(405);
        assertThat(got.headers().firstValue("allow")).contains("POST");
        assertThat(send(post(PING).uri(server.uri().resolve("/other"))).statusCode())
                .isEqualTo(404);
        assertThat(send(post("x".repeat((16 << 20) + 1))).statusCode()).isEqualTo(413);
        assertThat(send(post(PING)).statusCode()).isEqualTo(200);
    }

    @Test
    void keys_andOrigins_areLookedAt() throws Exception {
        for (String key : List.of("Bearer wrong", "secret", "Bearer secrets")) {
            HttpResponse<String> refused = send(post(PING).setHeader("authorization", key));
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(refused.headers().firstValue("www-authenticate")).contains("Bearer");
        }
        assertThat(send(post(PING).header("origin", "https://evil.example")).statusCode())
                .isEqualTo(403);
        String own = "http://127.0.0.1:" + server.uri().getPort();
        assertThat(send(post(PING).header("origin", own)).statusCode()).isEqualTo(200);
    }

    /** A name that a stranger's DNS points at this machine. */
    @Test
    void otherHosts_areRefused() throws IOException {
        try (Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(), server.uri().getPort());
                OutputStream out = socket.getOutputStream()) {
            String request = "POST /mcp HTTP/1.1\r\nhost: evil.example\r\norigin: http://evil.example\r\n"
                    + "authorization: Bearer secret\r\ncontent-type: application/json\r\ncontent-length: "
                    + PING.length() + "\r\nconnection: close\r\n\r\n" + PING;
            out.write(request.getBytes(StandardCharsets.UTF_8));
            out.flush();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 403 ");
        }
    }

    @Test
    void addressesOfOtherMachines_wantAKey() {
        InetSocketAddress all = new InetSocketAddress(0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> McpHttpServer.start("web", "1", ToolProgram.tools("good"), all, null))
                .withMessageContaining("give a key");
        InetSocketAddress unknown = InetSocketAddress.createUnresolved("no.such.host.invalid", 0);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> McpHttpServer.start("web", "1", ToolProgram.tools("good"), unknown, null))
                .withMessageContaining("no.such.host.invalid");
    }

    @Test
    void keysThatCrossANetworkInPlainHttp_areWarnedOf() throws IOException {
        try (LogCapture log = LogCapture.start()) {
            McpHttpServer.start("web", "1", ToolProgram.tools("good"), FREE, "secret")
                    .close();
            assertThat(log.messages(McpHttpServer.class.getName())).isEmpty();
            McpHttpServer.start("web", "1", ToolProgram.tools("good"), new InetSocketAddress("0.0.0.0", 0), "secret")
                    .close();
            assertThat(log.messages(McpHttpServer.class.getName()))
                    .singleElement()
                    .asString()
                    .contains("0.0.0.0", "plain HTTP")
                    .doesNotContain("secret");
        }
    }

    @Test
    void close_endsIt() throws Exception {
        server.close();
        server.awaitEnd();
        server.close();
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> send(post(PING)));
    }
}
