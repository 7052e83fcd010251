package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.server.ServerFixture.Reply;
import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.server.files.FileLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** /v1/files over sockets. */
@Timeout(300)
class FilesIT {

    private static final String PATH = "/v1/files";
    private static final int MIB = 1 << 20;
    private static final String ONE = "sk-one-0123456789abcdef";
    private static final String TWO = "sk-two-0123456789abcdef";

    @TinyModel
    private static Model model;

    @TempDir
    private Path folder;

    private ServerFixture http;

    private ServerOptions.Builder options() {
        FileLimits limits = new FileLimits(8 * MIB, 16 * MIB, 20 * MIB, 10, 20);
        return ServerOptions.builder().maxBodyBytes(64 << 10).files(folder).fileLimits(limits);
    }

    @BeforeEach
    void start() {
        start(options().build());
    }

    private void start(ServerOptions options) {
        if (http != null) {
            http.close();
        }
        http = new ServerFixture(model, 1, 128, options);
    }

    @AfterEach
    void close() {
        http.close();
    }

    private Reply upload(String name, byte[] content) {
        return http.send(new FormData()
                .field("purpose", "user_data")
                .file("file", name, content)
                .to(http.to(PATH)));
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(19).nextBytes(bytes);
        return bytes;
    }

    private byte[] content(String id) throws Exception {
        HttpResponse<byte[]> response = http.client.send(
                http.to(PATH + '/' + id + "/content").build(), HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    private List<Path> onDisk() {
        List<Path> all = new ArrayList<>();
        for (String part : List.of("files", "incoming")) {
            try (Stream<Path> found = Files.list(folder.resolve(part))) {
                found.forEach(all::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return all;
    }

    private void refused(Reply reply, int status, String code) {
        assertThat(reply.status()).as(reply.json().toString()).isEqualTo(status);
        assertThat(reply.json().path("error").path("code").asText()).isEqualTo(code);
        ServerFixture.await("an empty disk", () -> onDisk().isEmpty());
        assertThat(http.get(PATH).json().path("data")).isEmpty();
    }

    @Test
    void file_longerThanAnyBody_comesBackAsItWas_alsoAfterARestart() throws Exception {
        byte[] bytes = random(5 * MIB + 3);
        Reply made = upload("a b.bin", bytes);
        assertThat(made.status()).as(made.json().toString()).isEqualTo(200);
        assertThat(made.json().path("bytes").asInt()).isEqualTo(bytes.length);
        assertThat(made.json().path("filename").asText()).isEqualTo("a b.bin");
        String id = made.json().path("id").asText();
        assertThat(content(id)).isEqualTo(bytes);
        for (Path one : onDisk()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(one)))
                    .isEqualTo("rw-------");
        }
        start(options().build());
        assertThat(content(id)).isEqualTo(bytes);
        JsonNode list = http.get(PATH + "?limit=1").json();
        assertThat(list.path("data").path(0).path("id").asText()).isEqualTo(id);
        assertThat(http.get(PATH + '/' + id).json()).isEqualTo(made.json());
        HttpResponse<String> head = http.raw(http.to(PATH + '/' + id + "/content")
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(http.delete(PATH + '/' + id).json().path("deleted").asBoolean())
                .isTrue();
        assertThat(onDisk()).isEmpty();
        assertThat(http.get(PATH + '/' + id).status()).isEqualTo(404);
    }

    @Test
    void emptyFile_andFieldsBehindIt_areTaken() throws Exception {
        Reply made = http.send(new FormData()
                .file("file", "e.txt", new byte[0])
                .field("expires_after[anchor]", "created_at")
                .field("expires_after[seconds]", "3600")
                .field("purpose", "user_data")
                .to(http.to(PATH)));
        assertThat(made.status()).as(made.json().toString()).isEqualTo(200);
        assertThat(made.json().path("bytes").asInt()).isZero();
        assertThat(content(made.json().path("id").asText())).isEmpty();
    }

    @Test
    void fileThatIsTooLong_isRefusedWhileItArrives() {
        refused(upload("long", random(9 * MIB)), 413, "file_too_large");
    }

    @Test
    void storageThatIsFull_isSaid() {
        byte[] most = random(8 * MIB);
        assertThat(upload("1", most).status()).isEqualTo(200);
        assertThat(upload("2", most).status()).isEqualTo(200);
        Reply full = upload("3", new byte[1]);
        assertThat(full.status()).isEqualTo(413);
        assertThat(full.json().path("error").path("code").asText()).isEqualTo("storage_full");
        ServerFixture.await("what did not fit", () -> onDisk().size() == 4);
    }

    @Test
    void formsThatAreNone_areRefused_andNothingIsKept() {
        refused(http.send(new FormData().file("other", "x", random(10)).to(http.to(PATH))), 400, "invalid_form");
        refused(
                http.send(new FormData()
                        .file("file", "x", random(MIB))
                        .file("file", "y", random(MIB))
                        .field("purpose", "batch")
                        .to(http.to(PATH))),
                400,
                "invalid_form");
        Reply none = http.send(new FormData().field("purpose", "batch").to(http.to(PATH)));
        assertThat(none.json().path("error").path("param").asText()).isEqualTo("file");
        Reply text = http.send(new FormData()
                .field("purpose", "batch")
                .field("file", "no file")
                .to(http.to(PATH)));
        assertThat(text.json().path("error").path("param").asText()).isEqualTo("file");
        Reply purpose = http.send(new FormData().file("file", "x", random(10)).to(http.to(PATH)));
        assertThat(purpose.json().path("error").path("param").asText()).isEqualTo("purpose");
        refused(
                http.send(new FormData()
                        .field("purpose", "p".repeat(100_000))
                        .file("file", "x", random(10))
                        .to(http.to(PATH))),
                400,
                "invalid_form");
        refused(
                http.send(http.to(PATH)
                        .header("content-type", "multipart/form-data")
                        .POST(HttpRequest.BodyPublishers.ofString("x"))
                        .build()),
                400,
                "invalid_form");
        refused(http.post(PATH, "{}"), 400, "invalid_form");
    }

    @Test
    void formThatIsCutShort_isRefused() {
        byte[] whole = new FormData()
                .file("file", "x", random(MIB))
                .field("purpose", "batch")
                .whole();
        Reply reply = http.send(http.to(PATH)
                .header("content-type", FormData.TYPE)
                .POST(HttpRequest.BodyPublishers.ofByteArray(whole, 0, MIB / 2))
                .build());
        assertThat(reply.status()).isEqualTo(400);
        ServerFixture.await("an empty disk", () -> onDisk().isEmpty());
    }

    @Test
    void clientThatLeaves_leavesNothing() throws Exception {
        byte[] whole = new FormData()
                .file("file", "x", "x".repeat(MIB).getBytes(StandardCharsets.UTF_8))
                .whole();
        RawClient client = new RawClient(http.server.port());
        client.send("POST " + PATH + " HTTP/1.1\r\nhost: localhost\r\ncontent-type: " + FormData.TYPE
                + "\r\ncontent-length: " + whole.length + "\r\n\r\n"
                + new String(whole, 0, MIB / 2, StandardCharsets.UTF_8));
        ServerFixture.await("the file", () -> !onDisk().isEmpty());
        client.cut();
        ServerFixture.await("an empty disk", () -> onDisk().isEmpty());
        ServerFixture.await("the end of the connection", () -> http.server.connections() == 0);
    }

    @Test
    void keys_separateTenants_andComeBeforeTheFile() {
        start(options().callers(ApiKeys.parse(List.of(ONE + " name=one", TWO))).build());
        FormData form = new FormData().field("purpose", "user_data").file("file", "x", random(MIB));
        Reply none = http.send(form.to(http.to(PATH)));
        assertThat(none.status()).isEqualTo(401);
        Reply made = http.send(form.to(http.to(PATH).header("authorization", "Bearer " + ONE)));
        assertThat(made.status()).isEqualTo(200);
        String id = made.json().path("id").asText();
        Reply other = http.send(http.to(PATH + '/' + id)
                .header("authorization", "Bearer " + TWO)
                .build());
        assertThat(other.status()).isEqualTo(404);
        assertThat(onDisk()).hasSize(2);
    }

    @Test
    void serverWithoutAFolder_saysWhatToDo() {
        start(ServerOptions.defaults());
        for (String path : List.of(PATH, PATH + "/file-1", "/v1/batches", "/v1/batches/batch_1")) {
            Reply reply = http.get(path);
            assertThat(reply.status()).isEqualTo(501);
            assertThat(reply.json().path("error").path("message").asText()).contains("--files");
        }
        assertThat(upload("x", new byte[10]).status()).isEqualTo(501);
        assertThat(http.post("/v1/batches", "{}").status()).isEqualTo(501);
    }

    @Test
    void folderInUse_orNone_isAnErrorAtTheStart() throws IOException {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ServerFixture(model, 1, 128, options().build()))
                .withMessageContaining("in use by another server");
        Path file = Files.createFile(folder.resolve("file"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Server.check(options().files(file).build()))
                .withMessageContaining("cannot be written");
        Server.check(options().files(folder.resolve("new/and/deeper")).build());
    }
}
