package dev.tokapu.server.rerank;

import dev.tokapu.server.api.Api;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.Operation;
import dev.tokapu.server.api.Routes;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.generate.Vectors;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.openai.OpenAiErrors;
import dev.tokapu.server.problem.Problem;
import java.util.List;

/**
 * /v1/rerank under its four names, in the forms that llama-server has: Jina's and that of Text Embeddings Inference. Errors have OpenAI's form.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class RerankApi implements Api {

    private final Service service;

    /**
     * Creates it.
     *
     * @param service what it works with
     */
    public RerankApi(Service service) {
        this.service = service;
    }

    @Override
    public void addTo(Routes routes) {
        for (String path : List.of("/v1/rerank", "/v1/reranking", "/rerank", "/reranking")) {
            routes.add(this, "POST", path, Operation.withModel(this::rerank));
        }
    }

    @Override
    public byte[] errorBody(Problem problem) {
        return OpenAiErrors.body(problem);
    }

    private void rerank(Call call, ServedModel model) {
        RerankParameters parameters = RerankParameters.read(call, model);
        RerankAnswer answer = new RerankAnswer(call, parameters);
        Vectors.compute(
                call,
                parameters.shape().parameter(),
                model.engine(),
                parameters.requests(),
                service.workers().answers(),
                answer::send);
    }
}
