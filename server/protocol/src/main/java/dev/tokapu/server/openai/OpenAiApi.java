package dev.tokapu.server.openai;

import dev.tokapu.server.api.Api;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.Operation;
import dev.tokapu.server.api.Routes;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.generate.AnswerSink;
import dev.tokapu.server.generate.Answers;
import dev.tokapu.server.generate.Vectors;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.problem.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * OpenAI's API: /v1/models, /v1/chat/completions, /v1/completions, /v1/embeddings.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class OpenAiApi implements Api {

    private final Service service;

    /**
     * Creates it.
     *
     * @param service what it works with
     */
    public OpenAiApi(Service service) {
        this.service = service;
    }

    @Override
    public void addTo(Routes routes) {
        routes.add(this, "GET", "/v1/models", this::models)
                .add(this, "GET", "/v1/models/*", this::model)
                .add(this, "POST", "/v1/chat/completions", Operation.streaming(this::chat))
                .add(
                        this,
                        "POST",
                        "/chat/completions",
                        Operation.streaming(this::chat)) // as llama-server's clients ask
                .add(this, "POST", "/v1/completions", Operation.streaming(this::complete))
                .add(this, "POST", "/v1/embeddings", Operation.withModel(this::embed));
    }

    @Override
    public byte[] errorBody(Problem problem) {
        return OpenAiErrors.body(problem);
    }

    private void models(Call call) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("object", "list");
        json.put("data", call.models().stream().map(ModelJson::of).toList());
        call.respond(json);
    }

    private void model(Call call) {
        call.respond(ModelJson.of(call.entry(call.rest())));
    }

    private void chat(Call call, ServedModel model) {
        ChatParameters parameters = ChatParameters.read(call, model);
        Answers answers = Answers.submit(call, parameters.model().engine(), List.of(parameters.request()), service);
        Head head = Head.of("chatcmpl-", parameters.model().name());
        call.work().hasId(head.id());
        AnswerSink sink = parameters.output().stream()
                ? new ChatEvents(call, parameters, head, answers)
                : new ChatResponse(call, parameters, head, answers);
        answers.sendTo(sink);
    }

    private void complete(Call call, ServedModel model) {
        CompletionParameters parameters = CompletionParameters.read(call, model);
        if (parameters.scoresPrompts()) {
            Vectors.compute(
                    call,
                    "prompt",
                    parameters.model().engine(),
                    parameters.requests(),
                    parameters::score,
                    service.workers().answers(),
                    scores -> complete(call, parameters.withScores(scores)));
        } else {
            complete(call, parameters);
        }
    }

    private void complete(Call call, CompletionParameters parameters) {
        Answers answers = Answers.submit(call, parameters.model().engine(), parameters.requests(), service);
        Head head = Head.of("cmpl-", parameters.model().name());
        call.work().hasId(head.id());
        AnswerSink sink = parameters.stream()
                ? new CompletionEvents(call, parameters, head, answers)
                : new CompletionResponse(call, parameters, head, answers);
        answers.sendTo(sink);
    }

    private void embed(Call call, ServedModel model) {
        new EmbeddingResponse(call, EmbeddingParameters.read(call, model))
                .send(service.workers().answers());
    }
}
