package dev.tokapu.server.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tokapu.server.FakeExchange;
import dev.tokapu.server.http.Upload;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What nobody may do with files of others, and with too many of their own. */
@Timeout(120)
class HostileFileTest extends FilesFixture {

    @Test
    void otherTenants_seeNothingOfIt() throws IOException {
        String id = uploaded(ONE, "secret");
        for (String path : List.of(id, id + "/content", "../files/" + id, "..%2f" + id, id + ".data")) {
            FakeExchange refused = send(TWO, "GET", "/v1/files/" + path);
            assertThat(code(refused, 404)).isEqualTo("file_not_found");
            assertThat(refused.sent()).doesNotContain("secret");
        }
        assertThat(send(TWO, "DELETE", "/v1/files/" + id).status).isEqualTo(404);
        assertThat(json(send(TWO, "GET", "/v1/files"), 200).elements("data")).isEmpty();
        assertThat(send(ONE, "GET", "/v1/files/" + id).status).isEqualTo(200);
    }

    @Test
    void onlyTheOwner_mayReadTheDisk() throws IOException {
        uploaded(ONE, "secret");
        try (Stream<Path> all = Files.walk(folder)) {
            // What arrives is written by the server, whose test checks that.
            for (Path one : all.filter(
                            path -> !path.equals(folder) && !path.toString().endsWith(".data"))
                    .toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(one)))
                        .as("%s", one)
                        .endsWith("------");
            }
        }
    }

    @Test
    void names_leadNowhere() throws IOException {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("../../etc/passwd", "passwd");
        names.put("C:\\windows\\x.txt", "x.txt");
        names.put("a\u0000b\u001b[2J\u202e.txt", "a_b_[2J_.txt");
        names.put("/", "file");
        names.put("n".repeat(1000), "n".repeat(255));
        for (Map.Entry<String, String> name : names.entrySet()) {
            JsonObject file = json(upload(ONE, name.getKey(), USER_DATA, ""), 200);
            assertThat(file.text("filename")).isEqualTo(name.getValue());
            assertThat(onDisk()).hasSize(2).allMatch(path -> path.matches("files/file-[0-9a-f]{30}\\.(data|json)"));
            send(ONE, "DELETE", "/v1/files/" + file.text("id"));
        }
    }

    @Test
    void limits_holdWhileFilesArrive() throws IOException {
        FakeExchange head = new FakeExchange("POST", "/v1/files", "").with("authorization", "Bearer " + ONE);
        try (Upload first = dispatcher.upload(head);
                Upload second = dispatcher.upload(head)) {
            first.more(100);
            assertThat(problem(() -> first.more(1))).isEqualTo("file_too_large");
            assertThat(problem(() -> second.more(51))).isEqualTo("storage_full");
            second.more(50);
            try (Upload third = dispatcher.upload(head)) {
                assertThat(problem(() -> dispatcher.upload(head))).isEqualTo("storage_full");
            }
            FakeExchange other = new FakeExchange("POST", "/v1/files", "").with("authorization", "Bearer " + TWO);
            try (Upload theirs = dispatcher.upload(other)) {
                assertThat(problem(() -> theirs.more(51))).isEqualTo("storage_full");
            }
        }
        uploaded(ONE, "x".repeat(100));
        assertThat(problem(() -> uploaded(ONE, "x".repeat(51)))).isEqualTo("storage_full");
        uploaded(ONE, "x".repeat(50));
        disk.close();
        start();
        assertThat(problem(() -> uploaded(ONE, "x"))).isEqualTo("storage_full");
        send(
                ONE,
                "DELETE",
                "/v1/files/" + json(send(ONE, "GET", "/v1/files"), 200).text("first_id"));
        uploaded(ONE, "x");
    }

    @Test
    void filesThatArrive_areSoManyOfATenant_andOneMoreIsToldWhenToTryAgain() throws IOException {
        disk.close();
        start(new FileLimits(100, 1000, 10_000, 100, 1000));
        FakeExchange head = new FakeExchange("POST", "/v1/files", "").with("authorization", "Bearer " + ONE);
        List<Upload> arriving = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            arriving.add(dispatcher.upload(head));
        }
        assertThat(problem(() -> dispatcher.upload(head))).isEqualTo("overloaded");
        assertThatExceptionOfType(ProblemException.class)
                .isThrownBy(() -> dispatcher.upload(head))
                .satisfies(e -> assertThat(e.problem().retryAfter())
                        .as("when to try again")
                        .isNotNull());
        uploaded(TWO, "x");
        arriving.get(0).close();
        arriving.get(0).close();
        uploaded(ONE, "x");
        arriving.forEach(Upload::close);
    }

    @Test
    void uploadWithoutAKey_isRefusedBeforeItArrives() {
        assertThat(problem(() -> dispatcher.upload(new FakeExchange("POST", "/v1/files", ""))))
                .isEqualTo("invalid_api_key");
        assertThat(dispatcher.upload(new FakeExchange("POST", "/v1/nothing", "")))
                .isNull();
        assertThat(dispatcher.upload(new FakeExchange("GET", "/v1/files", ""))).isNull();
    }

    @Test
    void foreignFilesInTheFolder_areLeftAlone() throws IOException {
        uploaded(ONE, "x");
        disk.close();
        Path foreign = Files.writeString(folder.resolve("files/notes.json"), "{}");
        Path other = Files.writeString(folder.resolve("incoming/a.tmp"), "x");
        Path torn = Files.writeString(folder.resolve("incoming/file-" + "0".repeat(30)), "x");
        Path bytes = Files.writeString(folder.resolve("files/file-" + "0".repeat(30) + ".data"), "x");
        Path record = Files.writeString(folder.resolve("files/file-" + "1".repeat(30) + ".json.tmp"), "{");
        start();
        assertThat(foreign).exists();
        assertThat(other).exists();
        assertThat(torn).doesNotExist();
        assertThat(bytes).doesNotExist();
        assertThat(record).doesNotExist();
        assertThat(json(send(ONE, "GET", "/v1/files"), 200).elements("data")).hasSize(1);
    }

    private interface Attempt {
        Object run() throws IOException;
    }

    private static String problem(Runnable attempt) {
        return problem(() -> {
            attempt.run();
            return true;
        });
    }

    private static String problem(Attempt attempt) {
        try {
            return "none: " + attempt.run();
        } catch (ProblemException e) {
            return e.problem().code();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
