package dev.tokapu.server.rerank;

import dev.tokapu.Pooling;
import dev.tokapu.engine.EmbedRequest;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.ranking.RerankPrompt;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.generate.Terms;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import dev.tokapu.server.problem.Problems;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A request to /v1/rerank.
 *
 * @param model whose scores they are
 * @param shape how they are told
 * @param documents the texts
 * @param requests what is asked for, one for each document
 * @param tokens of all prompts
 * @param topN how many documents are told
 * @param withTexts whether their texts are told, too
 * @param logistic whether a score s is told as 1 / (1 + exp(-s)), as Text Embeddings Inference does unless asked for raw scores
 */
record RerankParameters(
        ServedModel model,
        Shape shape,
        List<String> documents,
        List<EmbedRequest> requests,
        int tokens,
        int topN,
        boolean withTexts,
        boolean logistic) {

    private static final int MOST_DOCUMENTS = 2048; // as of /v1/embeddings

    /** What is told. */
    enum Shape {
        /** Jina's. */
        JINA("documents"),
        /** That of Text Embeddings Inference. */
        TEI("texts");

        private final String parameter;

        Shape(String parameter) {
            this.parameter = parameter;
        }

        /** The parameter that has the documents. */
        String parameter() {
            return parameter;
        }
    }

    static RerankParameters read(Call call, ServedModel model) {
        JsonObject body = call.json();
        Engine engine = model.engine();
        boolean embeds = engine.options().context().embeddings();
        if (!embeds || engine.pooling() != Pooling.RANK) {
            throw new ProblemException(Problem.parameter(
                    "model",
                    "the model '" + model.name() + "' is served for "
                            + (embeds ? "embeddings" : "answers")
                            + " and scores no documents; name a reranking model that is served with --embeddings"));
        }
        SchedulingOptions terms = Terms.read(call.caller(), model, body);
        JsonValue asked = body.require("query");
        Shape shape = body.get("texts") == null ? Shape.JINA : Shape.TEI;
        List<JsonValue> documents = documents(body.require(shape.parameter()));
        int most = engine.sequenceContextSize();
        boolean truncated = body.flag("truncate", false);
        RerankPrompt prompt = Problems.checked("model", () -> RerankPrompt.of(engine.model()));
        RerankPrompt.Query query = prompt.query(asked.text());
        if (truncated && query.tokens("").length >= most) {
            throw asked.wrong("leaves no room for a document: the prompt has " + query.tokens("").length
                    + " tokens without one, and at most " + most + " fit here");
        }
        List<String> texts = new ArrayList<>();
        List<EmbedRequest> requests = new ArrayList<>();
        int tokens = 0;
        for (JsonValue document : documents) {
            String text = text(document, shape);
            int[] together = query.tokens(text, truncated ? most : Integer.MAX_VALUE);
            if (together.length == 0) {
                throw document.wrong("has no tokens, nor has the query; give at least one character");
            }
            if (together.length > most) {
                throw document.wrong("has " + together.length + " tokens together with the query; at most " + most
                        + " fit here, unless truncate is true");
            }
            tokens += together.length;
            texts.add(text);
            requests.add(EmbedRequest.builder(together).scheduling(terms).build());
        }
        Integer topN = body.integer("top_n", 1, Integer.MAX_VALUE);
        boolean withTexts = body.flag(shape == Shape.TEI ? "return_text" : "return_documents", false);
        boolean raw = shape != Shape.TEI || body.flag("raw_scores", true);
        JsonValue direction = shape == Shape.TEI ? body.get("truncation_direction") : null;
        if (direction != null) {
            direction.oneOf("Right", "right");
        }
        boolean probabilities = engine.model().info().hasClassifierSoftmax();
        body.rejectUnknown(Set.of());
        return new RerankParameters(
                model,
                shape,
                texts,
                requests,
                tokens,
                topN == null ? texts.size() : topN,
                withTexts,
                !raw && !probabilities);
    }

    private static List<JsonValue> documents(JsonValue value) {
        List<JsonValue> documents = value.elements();
        if (documents.isEmpty() || documents.size() > MOST_DOCUMENTS) {
            throw value.wrong("has " + documents.size() + " documents; give 1 to " + MOST_DOCUMENTS);
        }
        return documents;
    }

    /** A document is a text or, in Jina's form, an object that has it. */
    private static String text(JsonValue document, Shape shape) {
        if (document.isText() || shape == Shape.TEI) {
            return document.text();
        }
        JsonObject object = document.object();
        String text = object.require("text").text();
        object.rejectUnknown(Set.of());
        return text;
    }
}
