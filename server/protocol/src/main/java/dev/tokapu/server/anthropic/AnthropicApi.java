package dev.tokapu.server.anthropic;

import dev.tokapu.chat.ChatRequest;
import dev.tokapu.server.api.Api;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.EventStream;
import dev.tokapu.server.api.Operation;
import dev.tokapu.server.api.Routes;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.generate.Answers;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Anthropic's API: /v1/messages, /v1/messages/count_tokens.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class AnthropicApi implements Api {

    /** The first version with these events; versions are dates. The client that is the test sends 2026-10-21. */
    private static final String OLDEST = "2023-06-01";

    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

    private final Service service;

    /**
     * Creates it.
     *
     * @param service what it works with
     */
    public AnthropicApi(Service service) {
        this.service = service;
    }

    @Override
    public void addTo(Routes routes) {
        routes.add(this, "POST", "/v1/messages", checked(Operation.streaming(this::messages)))
                .add(
                        this,
                        "POST",
                        "/v1/messages/count_tokens",
                        checked(Operation.withModel(AnthropicApi::countTokens)));
    }

    @Override
    public boolean owns(String path) {
        return path.startsWith("/v1/messages/");
    }

    @Override
    public byte[] errorBody(Problem problem) {
        return AnthropicErrors.body(problem);
    }

    @Override
    public void tell(Problem problem, EventStream events) {
        events.event("error", errorBody(problem));
    }

    @Override
    public Map<String, String> headers(String requestId) {
        return Map.of("request-id", requestId);
    }

    private void messages(Call call, ServedModel model) {
        MessageParameters parameters = MessageParameters.read(call, model);
        Answers answers = Answers.submit(call, parameters.model().engine(), List.of(parameters.request()), service);
        String id = "msg_" + UUID.randomUUID().toString().replace("-", "");
        call.work().hasId(id);
        answers.sendTo(
                parameters.stream()
                        ? new MessageEvents(call, parameters, id, answers)
                        : new MessageResponse(call, parameters, id, answers));
    }

    private static Operation checked(Operation operation) {
        return call -> {
            checkVersion(call);
            operation.handle(call);
        };
    }

    private static void countTokens(Call call, ServedModel model) {
        JsonObject body = call.json();
        ChatRequest conversation = Conversation.read(body).request();
        body.rejectUnknown(Ignored.PARAMETERS);
        call.respond(Map.of("input_tokens", model.render(conversation).tokens().tokens().length));
    }

    /** It may be left out. What later versions and betas add are parameters, which are known here or not. */
    private static void checkVersion(Call call) {
        String version = call.exchange().header("anthropic-version");
        if (version != null && !(DATE.matcher(version).matches() && version.compareTo(OLDEST) >= 0)) {
            throw new ProblemException(Problem.of(
                    Problem.Kind.INVALID,
                    "the header anthropic-version is '" + version + "'; it must be " + OLDEST + " or later"));
        }
    }
}
