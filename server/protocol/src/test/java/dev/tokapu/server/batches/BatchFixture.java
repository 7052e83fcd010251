package dev.tokapu.server.batches;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.server.FakeExchange;
import dev.tokapu.server.api.Api;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.Dispatcher;
import dev.tokapu.server.api.Routes;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.api.Workers;
import dev.tokapu.server.caller.ApiKeys;
import dev.tokapu.server.caller.Caller;
import dev.tokapu.server.caller.Callers;
import dev.tokapu.server.disk.DataFolder;
import dev.tokapu.server.files.FileLimits;
import dev.tokapu.server.http.Exchange;
import dev.tokapu.server.http.Form;
import dev.tokapu.server.http.Upload;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.model.ServedModels;
import dev.tokapu.server.openai.OpenAiErrors;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Files and batches in a folder, without sockets and models: an API says the prompts of completions backwards. */
final class BatchFixture implements AutoCloseable {

    static final String ONE = "sk-one-0123456789abcdef";
    static final String TWO = "sk-two-0123456789abcdef";
    static final String URL = "/v1/completions";

    /** Time that a test moves. */
    static final class FakeClock extends Clock {
        private volatile Instant now = Instant.parse("2026-11-29T12:00:00Z");

        void move(Duration by) {
            now = now.plus(by);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** What stands for a model. Prompts that begin with "wait" are not answered until {@link #release}. */
    static final class Reverser implements Api {
        final ConcurrentLinkedQueue<Caller> callers = new ConcurrentLinkedQueue<>();
        final ConcurrentLinkedQueue<String> prompts = new ConcurrentLinkedQueue<>();
        final ConcurrentLinkedQueue<Call> held = new ConcurrentLinkedQueue<>();
        final ConcurrentLinkedQueue<Problem> problems = new ConcurrentLinkedQueue<>(); // of the next calls
        volatile boolean hold;
        final AtomicInteger gone = new AtomicInteger();

        @Override
        public void addTo(Routes routes) {
            routes.add(this, "POST", URL, this::answer);
        }

        @Override
        public byte[] errorBody(Problem problem) {
            return OpenAiErrors.body(problem);
        }

        private void answer(Call call) {
            callers.add(call.caller());
            String prompt = call.json().require("prompt").text();
            prompts.add(prompt);
            Problem problem = problems.poll();
            if (problem != null) {
                throw new ProblemException(problem);
            }
            if (prompt.equals("bad")) {
                throw new ProblemException(Problem.parameter("prompt", "prompt is bad"));
            }
            if (hold) {
                call.exchange().onClosed(gone::incrementAndGet);
                held.add(call);
            } else {
                say(call);
            }
        }

        private static void say(Call call) {
            call.respond(Map.of("text", reversed(call.json().require("prompt").text())));
        }

        void release() {
            hold = false;
            for (Call call = held.poll(); call != null; call = held.poll()) {
                say(call);
            }
        }
    }

    /** Keys that a test changes. */
    static final class ChangingKeys implements Callers {
        volatile ApiKeys keys = ApiKeys.parse(List.of(ONE + " name=one priority=5", TWO + " name=two tenant=other"));

        @Override
        public Caller of(Exchange exchange) {
            return keys.of(exchange);
        }

        @Override
        public @Nullable Caller named(String name, String tenant) {
            return keys.named(name, tenant);
        }
    }

    final Reverser api = new Reverser();
    final Dispatcher dispatcher;
    final Batches batches;
    private final Workers workers = new Workers(2, 64);

    BatchFixture(Path folder, Clock clock, Callers callers, BatchLimits limits) {
        this(DataFolder.open(folder), clock, callers, FileLimits.defaults(), limits);
    }

    BatchFixture(DataFolder disk, Clock clock, Callers callers, FileLimits files, BatchLimits limits) {
        Service service =
                new Service(ServedModels.of(List.of()), workers, Duration.ofMinutes(1), Duration.ofMinutes(1));
        batches = Batches.open(disk, files, limits, service, clock);
        List<Api> apis = new ArrayList<>(List.of(api));
        apis.addAll(batches.apis());
        dispatcher = new Dispatcher(service, callers, apis);
        batches.start(dispatcher, callers);
    }

    static String reversed(String text) {
        return new StringBuilder(text).reverse().toString();
    }

    FakeExchange send(String key, FakeExchange exchange) {
        dispatcher.handle(exchange.with("authorization", "Bearer " + key));
        await("the answer", () -> exchange.ended);
        return exchange;
    }

    JsonObject get(String key, String path) {
        return json(send(key, new FakeExchange("GET", path, "")), 200);
    }

    static JsonObject json(FakeExchange exchange, int status) {
        assertThat(exchange.status).as(exchange.sent()).isEqualTo(status);
        return JsonText.readObject(exchange.sent().getBytes(StandardCharsets.UTF_8));
    }

    /** Uploads a file, as a server does for a client. */
    FakeExchange upload(String key, String name, Map<String, String> fields, byte[] content) {
        FakeExchange head = new FakeExchange("POST", "/v1/files", "").with("authorization", "Bearer " + key);
        Upload upload = dispatcher.upload(head);
        assertThat(upload).isNotNull();
        try (upload) {
            upload.more(content.length);
            Files.write(upload.file(), content);
            return send(key, head.with(new Form(fields, name, upload)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    String uploadLines(String key, List<String> lines) {
        byte[] content = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        return json(upload(key, "in.jsonl", Map.of("purpose", "batch"), content), 200)
                .require("id")
                .text();
    }

    /** A line for each prompt, with the ids c0, c1, ... */
    static List<String> lines(String... prompts) {
        List<String> lines = new ArrayList<>();
        for (String prompt : prompts) {
            lines.add(line("c" + lines.size(), "POST", URL, prompt));
        }
        return lines;
    }

    static String line(String id, String method, String url, String prompt) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("custom_id", id);
        line.put("method", method);
        line.put("url", url);
        line.put("body", Map.of("prompt", prompt));
        return JsonText.text(line);
    }

    FakeExchange tryBatch(String key, String file, String more) {
        return send(
                key,
                new FakeExchange(
                        "POST",
                        "/v1/batches",
                        "{\"input_file_id\":\"" + file + "\",\"endpoint\":\"" + URL + "\",\"completion_window\":\"24h\""
                                + more + "}"));
    }

    String batch(String key, String... prompts) {
        return json(tryBatch(key, uploadLines(key, lines(prompts)), ""), 200)
                .require("id")
                .text();
    }

    JsonObject awaitStatus(String key, String id, String status) {
        await(
                status,
                () -> get(key, "/v1/batches/" + id).require("status").text().equals(status));
        return get(key, "/v1/batches/" + id);
    }

    String content(String key, String file) {
        FakeExchange exchange = send(key, new FakeExchange("GET", "/v1/files/" + file + "/content", ""));
        assertThat(exchange.status).as(exchange.sent()).isEqualTo(200);
        return exchange.sent();
    }

    /** The lines of a file by custom_id, each of which must be there once. */
    Map<String, JsonObject> output(String key, @Nullable String file) {
        Map<String, JsonObject> lines = new HashMap<>();
        if (file != null) {
            for (String line : content(key, file).split("\n", -1)) {
                if (!line.isEmpty()) {
                    JsonObject json = JsonText.readObject(line.getBytes(StandardCharsets.UTF_8));
                    assertThat(lines.put(json.require("custom_id").text(), json))
                            .as(line)
                            .isNull();
                }
            }
        }
        return lines;
    }

    static Map<String, Object> counts(JsonObject batch) {
        return batch.require("request_counts").object().plain();
    }

    /** The counts of a batch, as {@link #counts} reads them. */
    static Map<String, Object> expected(int total, int completed, int failed) {
        return Map.of("total", total, "completed", completed, "failed", failed);
    }

    static Problem limit() {
        return Problem.of(Kind.LIMIT, "later").withRetryAfter(Duration.ofSeconds(1));
    }

    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    @Override
    public void close() {
        batches.close();
        workers.close();
    }
}
