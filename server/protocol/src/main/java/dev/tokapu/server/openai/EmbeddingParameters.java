package dev.tokapu.server.openai;

import dev.tokapu.Pooling;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.engine.EmbedRequest;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.generate.Terms;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;

/**
 * A request to /v1/embeddings.
 *
 * @param model whose vectors they are
 * @param requests what is asked for, one for each text
 * @param tokens of all texts
 * @param base64 whether a vector is told as the Base64 of its bytes, floats in little-endian order
 */
record EmbeddingParameters(ServedModel model, List<EmbedRequest> requests, int tokens, boolean base64) {

    private static final int MOST_TEXTS = 2048; // OpenAI's

    static EmbeddingParameters read(Call call, ServedModel model) {
        JsonObject body = call.json();
        Engine engine = model.engine();
        if (!engine.options().context().embeddings()) {
            throw new ProblemException(Problem.parameter(
                    "model", "the model '" + model.name() + "' is served for answers and makes no embeddings"));
        }
        if (engine.options().context().pooling() == Pooling.NONE) {
            throw new ProblemException(Problem.parameter(
                    "model",
                    "the model '" + model.name() + "' has a vector for each token; ask for them at /embeddings"));
        }
        SchedulingOptions terms = Terms.read(call.caller(), model, body);
        Vocab vocab = engine.model().vocab();
        int size = engine.model().info().outputEmbeddingSize();
        Integer dimensions = body.integer("dimensions", 1, size);
        List<EmbedRequest> requests = new ArrayList<>();
        int tokens = 0;
        for (JsonValue text : PromptReader.prompts(body.require("input"), MOST_TEXTS)) {
            if (text.isText() && text.text().isEmpty()) {
                throw text.wrong("is empty; give at least one character");
            }
            int[] prompt = PromptReader.tokens(text, vocab, TokenizeOptions.defaults());
            if (prompt.length > engine.sequenceContextSize()) {
                throw text.wrong("has " + prompt.length + " tokens; a text may have at most "
                        + engine.sequenceContextSize() + " here");
            }
            tokens += prompt.length;
            requests.add(EmbedRequest.builder(prompt)
                    .dimensions(dimensions == null ? 0 : dimensions)
                    .scheduling(terms)
                    .build());
        }
        JsonValue format = body.get("encoding_format");
        boolean base64 = format != null && format.oneOf("float", "base64").equals("base64");
        body.rejectUnknown(Ignored.PARAMETERS);
        return new EmbeddingParameters(model, requests, tokens, base64);
    }
}
