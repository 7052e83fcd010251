package dev.tokapu.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventStreamTest {

    private static final String HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";

    private final List<String> lines = new ArrayList<>();
    private final EventStream stream = new EventStream(lines::add);

    private void read(String response, int pieceBytes) {
        byte[] bytes = response.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i += pieceBytes) {
            stream.read(ByteBuffer.wrap(bytes, i, Math.min(pieceBytes, bytes.length - i)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1000})
    void chunks_areJoinedToLines_howeverTheyArrive(int pieceBytes) {
        read(
                HEAD + "Transfer-Encoding: chunked\r\n\r\n5\r\ndata:\r\n6;x=y\r\n ä\n\nf\r\n1\r\ng\r\n0\r\n\r\n",
                pieceBytes);
        assertThat(lines).containsExactly("data: ä", "", "fg");
        assertThat(stream.status()).isEqualTo(200);
        assertThat(stream.ended()).isTrue();
    }

    @Test
    void announcedLength_endsTheBody() {
        read("HTTP/1.1 503 busy\r\nRetry-After: 7\r\nContent-Length: 6\r\n\r\nab\ncdeXX", 4);
        assertThat(lines).containsExactly("ab", "cde");
        assertThat(stream.ended()).isTrue();
        assertThat(stream.status()).isEqualTo(503);
        assertThat(stream.header("retry-after")).isEqualTo("7");
    }

    @Test
    void endOfTheConnection_endsTheBody() {
        read(HEAD + "\r\nab\ncd", 4);
        assertThat(stream.ended()).isFalse();
        stream.close();
        assertThat(lines).containsExactly("ab", "cd");
        assertThat(stream.ended()).isTrue();
    }

    @Test
    void otherProtocols_areRefused() {
        assertThatThrownBy(() -> read("SSH-2.0-OpenSSH\r\n", 100)).hasMessageContaining("SSH-2.0");
    }
}
