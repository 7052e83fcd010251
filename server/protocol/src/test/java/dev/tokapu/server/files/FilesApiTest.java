package dev.tokapu.server.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.server.FakeExchange;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class FilesApiTest extends FilesFixture {

    @Test
    void file_isKept_readAndDeleted() throws IOException {
        JsonObject made = json(upload(ONE, "a.txt", USER_DATA, "content"), 200);
        String id = made.require("id").text();
        assertThat(made.plain())
                .containsEntry("object", "file")
                .containsEntry("bytes", 7)
                .containsEntry("created_at", (int) now.getEpochSecond())
                .containsEntry("filename", "a.txt")
                .containsEntry("purpose", "user_data")
                .containsEntry("status", "processed")
                .doesNotContainKeys("expires_at", "tenant");
        disk.close();
        start();
        assertThat(json(send(ONE, "GET", "/v1/files/" + id), 200).plain()).isEqualTo(made.plain());
        FakeExchange content = send(ONE, "GET", "/v1/files/" + id + "/content");
        assertThat(content.sent()).isEqualTo("content");
        assertThat(content.responseHeaders)
                .containsEntry("content-type", "application/octet-stream")
                .containsEntry("x-content-type-options", "nosniff");
        assertThat(json(send(ONE, "DELETE", "/v1/files/" + id), 200).plain())
                .isEqualTo(Map.of("id", id, "object", "file", "deleted", true));
        assertThat(onDisk()).isEmpty();
        assertThat(code(send(ONE, "GET", "/v1/files/" + id), 404)).isEqualTo("file_not_found");
        assertThat(code(send(ONE, "DELETE", "/v1/files/" + id), 404)).isEqualTo("file_not_found");
    }

    @Test
    void list_hasPages_inBothOrders_alsoBehindWhatIsGone() throws IOException {
        List<String> ids = new ArrayList<>();
        for (String purpose : List.of("user_data", "batch", "user_data")) {
            ids.add(json(upload(ONE, "x", Map.of("purpose", purpose), "x"), 200)
                    .require("id")
                    .text());
        }
        JsonObject page = json(send(ONE, new FakeExchange("GET", "/v1/files", "").ask("limit", "2")), 200);
        assertThat(page.elements("data").stream().map(file -> file.object().text("id")))
                .containsExactly(ids.get(2), ids.get(1));
        assertThat(page.flag("has_more", false)).isTrue();
        assertThat(page.text("last_id")).isEqualTo(ids.get(1));
        send(ONE, "DELETE", "/v1/files/" + ids.get(1));
        JsonObject rest = json(send(ONE, new FakeExchange("GET", "/v1/files", "").ask("after", ids.get(1))), 200);
        assertThat(rest.elements("data").stream().map(file -> file.object().text("id")))
                .containsExactly(ids.get(0));
        JsonObject oldest = json(
                send(
                        ONE,
                        new FakeExchange("GET", "/v1/files", "")
                                .ask("order", "asc")
                                .ask("after", ids.get(0))
                                .ask("purpose", "user_data")),
                200);
        assertThat(oldest.text("first_id")).isEqualTo(ids.get(2));
        for (String limit : List.of("0", "x", "10001", "-1", "99999999999")) {
            assertThat(send(ONE, new FakeExchange("GET", "/v1/files", "").ask("limit", limit)).status)
                    .isEqualTo(400);
        }
        assertThat(send(ONE, new FakeExchange("GET", "/v1/files", "").ask("order", "x")).status)
                .isEqualTo(400);
    }

    @Test
    void expiredFiles_go() throws IOException {
        String kept = uploaded(ONE, "kept");
        Map<String, String> hour =
                Map.of("purpose", "user_data", "expires_after[anchor]", "created_at", "expires_after[seconds]", "3600");
        JsonObject made = json(upload(ONE, "x", hour, "gone"), 200);
        assertThat(made.require("expires_at").integer(0L, Long.MAX_VALUE)).isEqualTo(now.getEpochSecond() + 3600);
        JsonObject batch = json(
                upload(
                        ONE,
                        "x",
                        Map.of("purpose", "batch", "expires_after", "{\"anchor\":\"created_at\",\"seconds\":3600}"),
                        "x"),
                200);
        store.hold(batch.text("id"));
        now = now.plusSeconds(3600);
        assertThat(send(ONE, "GET", "/v1/files/" + made.text("id")).status).isEqualTo(404);
        store.sweep();
        assertThat(send(ONE, "GET", "/v1/files/" + kept).status).isEqualTo(200);
        assertThat(send(ONE, "GET", "/v1/files/" + batch.text("id")).status)
                .as("held by a batch")
                .isEqualTo(200);
        store.release(batch.text("id"));
        store.sweep();
        assertThat(onDisk()).hasSize(2);
        JsonObject usual = json(upload(ONE, "x", Map.of("purpose", "batch"), "x"), 200);
        assertThat(usual.require("expires_at").integer(0L, Long.MAX_VALUE))
                .isEqualTo(now.plus(Duration.ofDays(30)).getEpochSecond());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|purpose",
                "{\"purpose\":\"bogus\"}|purpose",
                "{\"purpose\":\"batch_output\"}|purpose",
                "{\"purpose\":\"batch\",\"bogus\":\"1\"}|bogus",
                "{\"purpose\":\"batch\",\"expires_after[seconds]\":\"3600\"}|expires_after.anchor",
                "{\"purpose\":\"batch\",\"expires_after[anchor]\":\"created_at\",\"expires_after[seconds]\":\"3599\"}|expires_after.seconds",
                "{\"purpose\":\"batch\",\"expires_after[anchor]\":\"created_at\",\"expires_after[seconds]\":\"2592001\"}|expires_after.seconds",
                "{\"purpose\":\"batch\",\"expires_after[anchor]\":\"created_at\",\"expires_after[seconds]\":\"soon\"}|expires_after.seconds",
                "{\"purpose\":\"batch\",\"expires_after[anchor]\":\"now\",\"expires_after[seconds]\":\"3600\"}|expires_after.anchor"
            })
    void wrongForm_isRefused_andNothingIsKept(String fields, String parameter) throws IOException {
        Map<String, String> form = new LinkedHashMap<>();
        JsonObject read = JsonText.readObject(fields.getBytes(StandardCharsets.UTF_8));
        read.names().forEach(name -> form.put(name, read.require(name).text()));
        JsonObject error =
                json(upload(ONE, "a", form, "x"), 400).require("error").object();
        assertThat(error.text("param")).isEqualTo(parameter);
        awaitOnDisk(0);
        assertThat(json(send(ONE, "GET", "/v1/files"), 200).elements("data")).isEmpty();
    }

    @Test
    void formWithoutAFile_andNoForm_areRefused() throws IOException {
        assertThat(json(upload(ONE, null, USER_DATA, ""), 400)
                        .require("error")
                        .object()
                        .text("param"))
                .isEqualTo("file");
        assertThat(code(send(ONE, new FakeExchange("POST", "/v1/files", "{}")), 400))
                .isEqualTo("invalid_form");
    }

    @Test
    void slowReader_getsItWhenItWantsMore() throws IOException {
        String id = uploaded(ONE, "x".repeat(100));
        FakeExchange slow =
                new FakeExchange("GET", "/v1/files/" + id + "/content", "").with("authorization", "Bearer " + ONE);
        slow.full = true;
        dispatcher.handle(slow);
        while (slow.status == 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        assertThat(slow.sent()).isEmpty();
        slow.drain();
        while (!slow.ended) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        assertThat(slow.sent()).hasSize(100);
        FakeExchange head = send(ONE, new FakeExchange("HEAD", "/v1/files/" + id + "/content", ""));
        assertThat(head.status).isEqualTo(200);
    }
}
