package dev.tokapu.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/** A connection that sends what a test wants, well-formed or not. */
final class RawClient implements AutoCloseable {

    private static final int SMALL_BUFFER = 4096;

    private final Socket socket = new Socket();
    private final Socket talk;
    private final InputStream in;

    RawClient(int port) throws IOException {
        connect(port);
        talk = socket;
        in = new BufferedInputStream(talk.getInputStream());
    }

    /** Over TLS. */
    RawClient(int port, SSLContext tls) throws IOException {
        connect(port);
        talk = tls.getSocketFactory().createSocket(socket, "localhost", port, true);
        in = new BufferedInputStream(talk.getInputStream());
    }

    private void connect(int port) throws IOException {
        socket.setReceiveBufferSize(SMALL_BUFFER);
        socket.setSoTimeout(240_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    RawClient send(String text) throws IOException {
        talk.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** A POST with a JSON body. */
    RawClient post(String path, String body) throws IOException {
        return send(
                "POST " + path + " HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: "
                        + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
    }

    /** Reads until a text has come; what came so far. */
    String readTo(String text) throws IOException {
        byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < wanted.length) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the connection ended after: " + all.toString(StandardCharsets.UTF_8));
            }
            all.write(next);
            matched = next == wanted[matched] ? matched + 1 : next == wanted[0] ? 1 : 0;
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    /** Reads so many bytes of a body. */
    byte[] read(int bytes) throws IOException {
        return in.readNBytes(bytes);
    }

    /** Reads to the end of the connection, which may be a cut. */
    String readToEnd() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            for (int next = in.read(); next >= 0; next = in.read()) {
                all.write(next);
            }
        } catch (SocketException | SSLException e) {
            // cut
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    /** Ends the connection without a word. */
    void cut() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        talk.close();
    }
}
