package dev.tokapu.cli;

import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the recording of a server takes for an answer. */
@Timeout(120)
class AotTrainingTest {

    private static final String JSON = "application/json";
    private static final Duration LONG = Duration.ofMinutes(1);

    private static void ask(ScriptedServer server) throws IOException {
        AotTraining.ask(URI.create(server.url()).getPort(), LONG);
    }

    @Test
    void answers_areTaken() throws IOException {
        try (ScriptedServer server = ScriptedServer.answering(
                ScriptedServer.status("200 OK", JSON, "{\"choices\":[{\"finish_reason\":\"length\"}]}"))) {
            assertThatNoException().isThrownBy(() -> ask(server));
        }
    }

    @Test
    void refusal_fails() throws IOException {
        try (ScriptedServer server = ScriptedServer.refusing("503 Service Unavailable")) {
            assertThatIOException().isThrownBy(() -> ask(server)).withMessageContaining("503");
        }
    }

    @Test
    void answerThatIsCutOff_fails() throws IOException {
        try (ScriptedServer server = ScriptedServer.streaming("{\"choices\":[{\"finish_reason\":null}]}")) {
            assertThatIOException().isThrownBy(() -> ask(server)).withMessageContaining("/v1/completions");
        }
    }

    @Test
    void serverThatHangs_orDoesNotListen_fails() throws IOException {
        int port;
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = silent.getLocalPort();
            assertThatIOException().isThrownBy(() -> AotTraining.ask(port, Duration.ofMillis(50)));
        }
        assertThatIOException()
                .isThrownBy(() -> AotTraining.ask(port, Duration.ofMillis(50)))
                .withMessageContaining("nothing listens");
    }
}
