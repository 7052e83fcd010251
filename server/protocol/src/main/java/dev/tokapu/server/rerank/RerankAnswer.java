package dev.tokapu.server.rerank;

import dev.tokapu.ranking.RankedDocument;
import dev.tokapu.server.api.Call;
import dev.tokapu.text.Usage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tells the best documents when all have their scores. */
record RerankAnswer(Call call, RerankParameters parameters) {

    void send(List<float[]> outputs) {
        call.used(new Usage(parameters.tokens(), 0, 0));
        List<RankedDocument> best = RankedDocument.best(outputs, parameters.topN());
        call.respond(
                switch (parameters.shape()) {
                    case JINA -> jina(best);
                    case TEI -> results(best, "score");
                });
    }

    private Map<String, Object> jina(List<RankedDocument> best) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model", parameters.model().name());
        json.put("object", "list");
        json.put("usage", Map.of("prompt_tokens", parameters.tokens(), "total_tokens", parameters.tokens()));
        json.put("results", results(best, "relevance_score"));
        return json;
    }

    private static float logistic(float score) {
        return (float) (1 / (1 + Math.exp(-score)));
    }

    private List<Object> results(List<RankedDocument> best, String score) {
        List<Object> results = new ArrayList<>();
        for (RankedDocument document : best) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("index", document.index());
            one.put(score, parameters.logistic() ? logistic(document.score()) : document.score());
            if (parameters.withTexts()) {
                String text = parameters.documents().get(document.index());
                switch (parameters.shape()) {
                    case JINA -> one.put("document", Map.of("text", text));
                    case TEI -> one.put("text", text);
                }
            }
            results.add(one);
        }
        return results;
    }
}
