package dev.tokapu.server.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.server.FakeExchange;
import dev.tokapu.server.api.Dispatcher;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.api.Workers;
import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.server.disk.DataFolder;
import dev.tokapu.server.http.Form;
import dev.tokapu.server.http.Upload;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.model.ServedModels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** An API of files without sockets. */
abstract class FilesFixture {

    static final String ONE = "sk-one-0123456789abcdef";
    static final String TWO = "sk-two-0123456789abcdef";
    static final Map<String, String> USER_DATA = Map.of("purpose", "user_data");

    @TempDir
    Path folder;

    private final Workers workers = new Workers(2, 64);
    Instant now = Instant.parse("2026-11-29T12:00:00Z");
    DataFolder disk;
    FileStore store;
    Dispatcher dispatcher;

    @BeforeEach
    void start() throws IOException {
        start(new FileLimits(100, 150, 200, 3, 4));
    }

    void start(FileLimits limits) throws IOException {
        disk = DataFolder.open(folder);
        Service service =
                new Service(ServedModels.of(List.of()), workers, Duration.ofMinutes(1), Duration.ofMinutes(1));
        Clock clock = new Clock() {
            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
        store = new FileStore(disk, limits, clock, workers.answers());
        dispatcher = new Dispatcher(
                service, ApiKeys.parse(List.of(ONE + " name=one", TWO)), List.of(new FilesApi(service, store)));
    }

    @AfterEach
    void close() {
        disk.close();
        workers.close();
    }

    FakeExchange send(String key, FakeExchange exchange) {
        dispatcher.handle(exchange.with("authorization", "Bearer " + key));
        while (!exchange.ended) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        return exchange;
    }

    FakeExchange send(String key, String method, String path) {
        return send(key, new FakeExchange(method, path, ""));
    }

    static JsonObject json(FakeExchange exchange, int status) {
        assertThat(exchange.status).as(exchange.sent()).isEqualTo(status);
        return JsonText.readObject(exchange.sent().getBytes(StandardCharsets.UTF_8));
    }

    static String code(FakeExchange exchange, int status) {
        return json(exchange, status).require("error").object().text("code");
    }

    FakeExchange upload(String key, String name, Map<String, String> fields, String content) throws IOException {
        FakeExchange head = new FakeExchange("POST", "/v1/files", "").with("authorization", "Bearer " + key);
        try (Upload upload = dispatcher.upload(head)) {
            upload.more(content.length());
            Files.writeString(upload.file(), content);
            return send(key, head.with(new Form(fields, name, upload)));
        }
    }

    String uploaded(String key, String content) throws IOException {
        return json(upload(key, "a.txt", USER_DATA, content), 200).require("id").text();
    }

    List<String> onDisk() throws IOException {
        List<String> names = new ArrayList<>();
        for (String part : List.of("files", "incoming")) {
            try (Stream<Path> all = Files.list(folder.resolve(part))) {
                all.forEach(file -> names.add(part + '/' + file.getFileName()));
            }
        }
        return names;
    }

    void awaitOnDisk(int count) throws IOException {
        while (onDisk().size() != count) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }
}
