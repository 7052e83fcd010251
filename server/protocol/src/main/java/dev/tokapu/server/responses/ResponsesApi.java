package dev.tokapu.server.responses;

import dev.tokapu.server.api.Api;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.EventStream;
import dev.tokapu.server.api.Operation;
import dev.tokapu.server.api.Routes;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.generate.Answers;
import dev.tokapu.server.generate.Terms;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.openai.OpenAiErrors;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.Problem.Kind;
import dev.tokapu.server.problem.ProblemException;
import dev.tokapu.server.responses.StoredResponse.Owner;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's Responses API: /v1/responses, and what is below it.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class ResponsesApi implements Api {

    private static final String PATH = "/v1/responses";
    private static final String ITEMS = "/input_items";
    private static final String CANCEL = "/cancel";

    private final Service service;
    private final ResponseStore store;

    /**
     * Creates it.
     *
     * @param service what it works with
     * @param limits how many responses it keeps
     */
    public ResponsesApi(Service service, StoreLimits limits) {
        this.service = service;
        this.store = new ResponseStore(limits, System::nanoTime);
    }

    @Override
    public void addTo(Routes routes) {
        routes.add(this, "POST", PATH, Operation.streaming(this::create))
                .add(this, "POST", PATH + "/input_tokens", Operation.withModel(this::countTokens))
                .add(this, "GET", PATH + "/*", this::get)
                .add(this, "DELETE", PATH + "/*", this::delete)
                .add(this, "POST", PATH + "/*", this::cancel);
    }

    @Override
    public byte[] errorBody(Problem problem) {
        return OpenAiErrors.body(problem);
    }

    /** What fails behind the head of a stream, and before a response has begun. */
    @Override
    public void tell(Problem problem, EventStream events) {
        new EventSequence(event -> events.event("error", JsonText.write(event)))
                .send("error", "code", problem.code(), "message", problem.message(), "param", problem.parameter());
    }

    private void create(Call call, ServedModel model) {
        ResponseParameters parameters = ResponseParameters.read(call, model, store);
        Answers answers = Answers.submit(call, parameters.model().engine(), List.of(parameters.request()), service);
        call.work().hasId(parameters.head().id());
        if (parameters.stream()) {
            answers.sendTo(new ResponseEvents(call, parameters, answers, store));
        } else {
            EventSequence none = new EventSequence(event -> {});
            answers.sendTo(new ResponseBody(call, new GrowingResponse(parameters, answers, store, none)));
        }
    }

    private void countTokens(Call call, ServedModel model) {
        JsonObject body = call.json();
        Owner owner = new Owner(
                call.caller().tenant(), Terms.read(call.caller(), model, body).tenant());
        Conversation conversation = Conversation.read(body, model.defaults().reasoning(), store, owner);
        body.rejectUnknown(Ignored.PARAMETERS);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("object", "response.input_tokens");
        json.put("input_tokens", model.render(conversation.request()).tokens().tokens().length);
        call.respond(json);
    }

    private void get(Call call) {
        String rest = call.rest();
        if (rest.endsWith(ITEMS)) {
            StoredResponse response = stored(call, rest.substring(0, rest.length() - ITEMS.length()));
            call.respond(InputItemList.page(response.input(), call.exchange()));
            return;
        }
        StoredResponse response = stored(call, rest);
        if ("true".equals(call.exchange().query("stream"))) {
            throw new ProblemException(
                    Problem.parameter("stream", "stream must be false, if given: the response has ended already"));
        }
        call.respondJson(response.body());
    }

    private void delete(Call call) {
        if (!store.remove(call.rest(), call.caller().tenant())) {
            throw notFound(call.rest());
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", call.rest());
        json.put("object", "response");
        json.put("deleted", true);
        call.respond(json);
    }

    /** Nothing is made in the background, so there is never anything to cancel. */
    private void cancel(Call call) {
        String rest = call.rest();
        if (!rest.endsWith(CANCEL)) {
            throw new ProblemException(Problem.of(Kind.NOT_FOUND, "there is nothing to post to at " + PATH + '/' + rest)
                    .withCode("unknown_url"));
        }
        String id = rest.substring(0, rest.length() - CANCEL.length());
        stored(call, id);
        throw new ProblemException(Problem.of(
                Kind.INVALID,
                "the response '" + id
                        + "' has ended; one that is being made ends when its client closes the connection"));
    }

    private StoredResponse stored(Call call, String id) {
        @Nullable StoredResponse response = store.find(id, call.caller().tenant());
        if (response == null) {
            throw notFound(id);
        }
        return response;
    }

    private static ProblemException notFound(String id) {
        return new ProblemException(
                Problem.of(Kind.NOT_FOUND, "there is no response '" + id + "'; it was not stored, or is no longer")
                        .withCode("response_not_found"));
    }
}
