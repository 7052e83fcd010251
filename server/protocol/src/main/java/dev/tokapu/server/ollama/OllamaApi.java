package dev.tokapu.server.ollama;

import dev.tokapu.engine.Request;
import dev.tokapu.server.api.Api;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.EventStream;
import dev.tokapu.server.api.Routes;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.generate.Answers;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Ollama's API: /api/chat, /api/generate, /api/embed, /api/tags, /api/show, /api/ps, /api/version, and /api/pull of what is there.
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
                .add(this, "GET", "/api/tags", call -> models(call, ModelJson::listed))
                .add(this, "GET", "/api/ps", call -> models(call, ModelJson::running))
                .add(this, "POST", "/api/show", this::show)
                .add(this, "POST", "/api/pull", this::pull)
                .add(this, "POST", "/api/embed", call -> Embedding.embed(call, service))
                .add(this, "POST", "/api/chat", call -> answer(call, AnswerParameters.chat(call, service.models())))
                .add(
                        this,
                        "POST",
                        "/api/generate",
                        call -> answer(call, AnswerParameters.generate(call, service.models())));
    }

    @Override
    public byte[] errorBody(Problem problem) {
        return JsonText.write(Map.of("error", problem.message()));
    }

    private void models(Call call, Function<ServedModel, Map<String, @Nullable Object>> json) {
        call.respond(Map.of("models", service.models().all().stream().map(json).toList()));
    }

    private void show(Call call) {
        JsonObject body = call.json();
        ServedModel model = ModelNames.find(service.models(), ModelNames.named(body));
        boolean verbose = body.flag("verbose", false);
        body.rejectUnknown(Set.of());
        call.respond(ModelJson.shown(model, verbose));
    }

    private void pull(Call call) {
        JsonObject body = call.json();
        String name = ModelNames.named(body);
        boolean stream = body.flag("stream", true);
        body.rejectUnknown(Ignored.PULL);
        if (ModelNames.known(service.models(), name).isEmpty()) {
            throw new ProblemException(Problem.of(
                    Problem.Kind.NOT_FOUND,
                    "the model '" + name + "' is not served here, and this server downloads nothing;"
                            + " start it with that model"));
        }
        Map<String, String> success = Map.of("status", "success");
        if (!stream) {
            call.respond(success);
            return;
        }
        EventStream lines = call.lines();
        lines.json(success);
        lines.end();
    }

    private void answer(Call call, AnswerParameters parameters) {
        long start = System.nanoTime();
        Request request = parameters.request();
        if (request == null) {
            loaded(call, parameters);
            return;
        }
        Answers answers = Answers.submit(
                call,
                parameters.model().engine(),
                List.of(request),
                service.workers().answers());
        answers.sendTo(new AnswerWriter(call, parameters, answers, start));
    }

    /** A request without a prompt has Ollama load the model, which is done here. */
    private static void loaded(Call call, AnswerParameters parameters) {
        Map<String, @Nullable Object> json = AnswerWriter.head(parameters);
        parameters.shape().put(json, "", "", List.of());
        json.put("done", true);
        json.put("done_reason", "load");
        call.respond(json);
    }
}
