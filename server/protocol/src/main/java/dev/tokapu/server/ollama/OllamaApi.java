package dev.tokapu.server.ollama;

import dev.tokapu.engine.Request;
import dev.tokapu.server.api.Api;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.Routes;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.generate.Answers;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.model.ModelEntry;
import dev.tokapu.server.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Ollama's API: /api/chat, /api/generate, /api/embed, /api/embeddings, /api/tags, /api/show, /api/ps, /api/version and /api/pull.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class OllamaApi implements Api {

    /** The version of Ollama whose API this is; clients ask for it to know what they may send. */
    private static final String VERSION = "0.12.6";

    /** What the command-line client asks for first. */
    private static final byte[] RUNNING = "Ollama is running".getBytes(StandardCharsets.US_ASCII);

    private final Service service;

    /**
     * Creates it.
     *
     * @param service what it works with
     */
    public OllamaApi(Service service) {
        this.service = service;
    }

    @Override
    public void addTo(Routes routes) {
        routes.addOpen(this, "GET", "/", call -> call.respond(200, "text/plain; charset=utf-8", RUNNING))
                .addOpen(this, "GET", "/api/version", call -> call.respond(Map.of("version", VERSION)))
                .add(this, "GET", "/api/tags", call -> models(call, call.models(), ModelJson::listed))
                .add(this, "GET", "/api/ps", this::running)
                .add(this, "POST", "/api/show", this::show)
                .add(this, "POST", "/api/pull", this::pull)
                .add(this, "POST", "/api/embed", call -> Embedding.embed(call, service))
                .add(this, "POST", "/api/embeddings", call -> Embedding.embedOne(call, service))
                .add(this, "POST", "/api/chat", call -> ask(call, AnswerShape.CHAT))
                .add(this, "POST", "/api/generate", call -> ask(call, AnswerShape.GENERATE));
    }

    @Override
    public boolean owns(String path) {
        return path.startsWith("/api/");
    }

    @Override
    public byte[] errorBody(Problem problem) {
        return JsonText.write(Map.of("error", problem.message()));
    }

    private static void models(
            Call call, List<ModelEntry> entries, Function<ModelEntry, Map<String, @Nullable Object>> json) {
        call.respond(Map.of("models", entries.stream().map(json).toList()));
    }

    private void running(Call call) {
        List<ModelEntry> loaded =
                call.models().stream().filter(entry -> entry.loaded() != null).toList();
        models(call, loaded, ModelJson::running);
    }

    private void show(Call call) {
        JsonObject body = call.json();
        ModelEntry entry = call.entry(ModelNames.find(call, ModelNames.named(body)));
        boolean verbose = body.flag("verbose", false);
        body.rejectUnknown(Set.of());
        call.respond(ModelJson.shown(entry, verbose));
    }

    private void pull(Call call) {
        JsonObject body = call.json();
        String name = ModelNames.named(body);
        boolean stream = body.flag("stream", true);
        body.rejectUnknown(Ignored.PULL);
        new Pull(call, service.models(), name, stream).answer();
    }

    private void ask(Call call, AnswerShape shape) {
        long start = System.nanoTime();
        JsonObject body = call.json();
        String name = ModelNames.named(body);
        String model = ModelNames.find(call, name);
        Duration keepAlive = ModelNames.keepAlive(body);
        if (Duration.ZERO.equals(keepAlive) && asksNothing(body, shape)) {
            boolean unused = call.entry(model).unload();
            nothing(call, name, shape, "unload");
            return;
        }
        call.withModel(model, served -> {
            if (keepAlive != null) {
                call.keepAlive(keepAlive);
            }
            answer(
                    call,
                    shape == AnswerShape.CHAT
                            ? AnswerParameters.chat(call, served)
                            : AnswerParameters.generate(call, served),
                    start);
        });
    }

    private static boolean asksNothing(JsonObject body, AnswerShape shape) {
        if (shape == AnswerShape.CHAT) {
            return body.elements("messages").isEmpty();
        }
        String prompt = body.text("prompt");
        return prompt == null || prompt.isEmpty();
    }

    private void answer(Call call, AnswerParameters parameters, long start) {
        long loaded = System.nanoTime();
        Request request = parameters.request();
        if (request == null) {
            nothing(call, parameters.name(), parameters.shape(), "load");
            return;
        }
        Answers answers = Answers.submit(call, parameters.model().engine(), List.of(request), service);
        answers.sendTo(new AnswerWriter(call, parameters, answers, start, loaded));
    }

    /** A request without a prompt has the model loaded or unloaded. */
    private static void nothing(Call call, String name, AnswerShape shape, String reason) {
        Map<String, @Nullable Object> json = AnswerWriter.head(name);
        shape.put(json, "", "", List.of());
        json.put("done", true);
        json.put("done_reason", reason);
        call.respond(json);
    }
}
