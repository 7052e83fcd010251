package dev.tokapu.server.llamacpp;

import dev.tokapu.Model;
import dev.tokapu.SpecialTokens;
import dev.tokapu.Tokapu;
import dev.tokapu.engine.Request;
import dev.tokapu.server.api.Api;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.Operation;
import dev.tokapu.server.api.Routes;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.generate.Answers;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.model.ModelEntry;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What llama-server has beside OpenAI's API: /health, /props, /slots, /models, /tokenize, /detokenize, /apply-template, /completion, /infill, /embeddings.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class LlamaCppApi implements Api {

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Service service;

    /**
     * Creates it.
     *
     * @param service what it works with
     */
    public LlamaCppApi(Service service) {
        this.service = service;
    }

    @Override
    public void addTo(Routes routes) {
        routes.addOpen(this, "GET", "/health", this::health)
                .addOpen(this, "GET", "/v1/health", this::health)
                .add(this, "GET", "/props", this::props)
                .add(this, "GET", "/slots", this::slots)
                .add(this, "GET", "/models", call -> call.respond(RouterJson.models(call)))
                .add(this, "POST", "/models/load", LlamaCppApi::load)
                .add(this, "POST", "/models/unload", LlamaCppApi::unload)
                .add(this, "POST", "/tokenize", Operation.withModel(Texts::tokenize))
                .add(this, "POST", "/detokenize", Operation.withModel(Texts::detokenize))
                .add(this, "POST", "/apply-template", Operation.withModel(Texts::applyTemplate))
                .add(this, "POST", "/v1/chat/completions/input_tokens", Operation.withModel(Texts::countTokens))
                .add(this, "POST", "/chat/completions/input_tokens", Operation.withModel(Texts::countTokens))
                .add(this, "POST", "/completion", Operation.streaming(this::complete))
                .add(this, "POST", "/completions", Operation.streaming(this::complete))
                .add(this, "POST", "/infill", Operation.streaming(this::infill))
                .add(this, "POST", "/embeddings", Operation.withModel(this::embed))
                .add(this, "POST", "/embedding", Operation.withModel(this::embed));
    }

    @Override
    public byte[] errorBody(Problem problem) {
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("code", problem.kind().status());
        error.put("message", problem.message());
        error.put("type", type(problem));
        return JsonText.write(Map.of("error", error));
    }

    private static String type(Problem problem) {
        if ("context_length_exceeded".equals(problem.code())) {
            return "exceed_context_size_error";
        }
        return switch (problem.kind()) {
            case UNAUTHORIZED -> "authentication_error";
            case FORBIDDEN -> "permission_error";
            case NOT_FOUND -> "not_found_error";
            case INTERNAL -> "server_error";
            case UNSUPPORTED -> "not_supported_error";
            case LIMIT, UNAVAILABLE -> "unavailable_error";
            default -> "invalid_request_error";
        };
    }

    private static ModelEntry named(Call call) {
        JsonObject body = call.json();
        ModelEntry entry = call.entry(body.require("model").text());
        body.rejectUnknown(Set.of());
        return entry;
    }

    private static void load(Call call) {
        call.withModel(named(call).name(), model -> call.respond(Map.of("success", true)));
    }

    private static void unload(Call call) {
        ModelEntry entry = named(call);
        if (!entry.unload() && entry.loaded() != null) {
            throw new ProblemException(
                    Problem.parameter("model", "the model '" + entry.name() + "' is pinned and stays"));
        }
        call.respond(Map.of("success", true));
    }

    private void health(Call call) {
        boolean open = service.models().areOpen();
        call.respond(open ? 200 : 503, "application/json", JsonText.write(Map.of("status", open ? "ok" : "error")));
    }

    private void props(Call call) {
        ModelEntry entry = call.entry(null);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model_alias", entry.name());
        json.put("build_info", "tokapu " + Tokapu.version());
        json.put("modalities", Map.of("vision", false, "audio", false));
        json.put("total_slots", entry.engineOptions().maxSequences());
        json.put("default_generation_settings", Map.of("n_ctx", entry.sequenceContextSize()));
        String template = entry.engineOptions().chatTemplate();
        json.put("chat_template", template == null ? entry.card().template() : template);
        json.put("is_sleeping", entry.loaded() == null);
        ServedModel loaded = entry.loaded();
        if (loaded != null) {
            Model file = loaded.engine().model();
            SpecialTokens special = file.vocab().specialTokens();
            json.put("model_description", file.info().description());
            special.bos().ifPresent(token -> json.put("bos_token", file.vocab().text(token)));
            special.eos().ifPresent(token -> json.put("eos_token", file.vocab().text(token)));
        }
        call.respond(json);
    }

    private void complete(Call call, ServedModel model) {
        CompletionParameters parameters = CompletionParameters.read(call, model);
        answer(call, model, parameters.requests(), parameters.shape());
    }

    private void embed(Call call, ServedModel model) {
        Embeddings.embed(call, model, service.workers().answers());
    }

    private void infill(Call call, ServedModel model) {
        InfillParameters parameters = InfillParameters.read(call, model);
        answer(call, model, List.of(parameters.request()), parameters.shape());
    }

    private void answer(Call call, ServedModel model, List<Request> requests, AnswerShape shape) {
        Answers answers = Answers.submit(call, model.engine(), requests, service);
        answers.sendTo(new CompletionAnswer(call, new AnswerJson(model, requests, shape), answers));
    }

    /** One slot per sequence; the engine does not number them, so the busy ones come first. */
    private void slots(Call call) {
        ModelEntry entry = call.entry(null);
        ServedModel loaded = entry.loaded();
        int slots = entry.engineOptions().maxSequences();
        int busy = loaded == null ? 0 : loaded.engine().snapshot().generating();
        if ("1".equals(call.exchange().query("fail_on_no_slot")) && busy >= slots) {
            throw new ProblemException(
                    Problem.of(Problem.Kind.UNAVAILABLE, "no slot is free").withRetryAfter(RETRY));
        }
        List<Map<String, Object>> all = new ArrayList<>();
        for (int slot = 0; slot < slots; slot++) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("id", slot);
            json.put("n_ctx", entry.sequenceContextSize());
            json.put("is_processing", slot < busy);
            all.add(json);
        }
        call.respond(all);
    }
}
