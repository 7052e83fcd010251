package dev.tokapu.server;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;

/** A body of the type multipart/form-data. */
final class FormData {

    private static final String BOUNDARY = "----0123456789abcdef";
    static final String TYPE = "multipart/form-data; boundary=" + BOUNDARY;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    FormData field(String name, String value) {
        return part("name=\"" + name + '"', value.getBytes(StandardCharsets.UTF_8));
    }

    FormData file(String name, String fileName, byte[] content) {
        return part(
                "name=\"" + name + "\"; filename=\"" + fileName + "\"\r\nContent-Type: application/octet-stream",
                content);
    }

    private FormData part(String head, byte[] content) {
        bytes.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; " + head + "\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(content);
        bytes.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        return this;
    }

    byte[] whole() {
        return (bytes.toString(StandardCharsets.ISO_8859_1) + "--" + BOUNDARY + "--\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    HttpRequest to(HttpRequest.Builder request) {
        return request.header("content-type", TYPE)
                .POST(HttpRequest.BodyPublishers.ofByteArray(whole()))
                .build();
    }
}
