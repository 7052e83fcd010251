package dev.tokapu.server.llamacpp;

import dev.tokapu.Pooling;
import dev.tokapu.engine.EmbedRequest;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.FinishedRequest.Operation;
import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.generate.Terms;
import dev.tokapu.server.generate.Vectors;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import dev.tokapu.text.Usage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** /embeddings: the vectors of texts, with pooling NONE one for each token. */
final class Embeddings {

    private static final int RAW = -1;
    private static final int EUCLIDEAN = 2;
    private static final int MOST_NUMBERS = 16 << 20; // of an answer, which is in memory as a whole

    private Embeddings() {}

    static void embed(Call call, ServedModel model, Executor executor) {
        JsonObject body = call.json();
        Engine engine = model.engine();
        if (!engine.options().context().embeddings()) {
            throw new ProblemException(Problem.parameter(
                    "model", "the model '" + model.name() + "' is served for answers and makes no embeddings"));
        }
        boolean each = engine.options().context().pooling() == Pooling.NONE;
        SchedulingOptions terms = Terms.read(call.caller(), model, body);
        JsonValue input = body.get("input");
        JsonValue given = input == null ? body.require("content") : input;
        boolean normalized = normalized(body) && !each;
        JsonValue format = body.get("encoding_format");
        if (format != null) {
            format.oneOf("float");
        }
        body.rejectUnknown(Set.of());
        List<int[]> prompts = new PromptReader(engine.model().vocab(), true).read(given);
        List<EmbedRequest> requests = new ArrayList<>();
        int tokens = 0;
        for (int[] prompt : prompts) {
            tokens += prompt.length;
            requests.add(EmbedRequest.builder(prompt)
                    .normalized(normalized)
                    .scheduling(terms)
                    .build());
        }
        int count = tokens;
        int most = MOST_NUMBERS / Math.max(1, engine.model().info().outputEmbeddingSize());
        if (each && count > most) {
            throw given.wrong(
                    "has " + count + " tokens; an answer has vectors of at most " + most + ", send several requests");
        }
        Consumer<List<List<float[]>>> answer = vectors -> {
            call.used(new Usage(count, 0, 0));
            call.respond(json(vectors));
        };
        if (each) {
            call.work().begins(Operation.EMBEDDINGS.tag());
            Vectors.compute(call, given.path(), engine, requests, engine::embedTokens, executor, answer);
        } else {
            Vectors.compute(call, given.path(), engine, requests, executor, vectors -> {
                answer.accept(vectors.stream().map(List::of).toList());
            });
        }
    }

    /** Other lengths than the Euclidean one are llama.cpp's alone. */
    private static boolean normalized(JsonObject body) {
        JsonValue given = body.get("embd_normalize");
        if (given == null) {
            return true;
        }
        int kind = given.integer(RAW, Integer.MAX_VALUE);
        if (kind != RAW && kind != EUCLIDEAN) {
            throw given.wrong("is " + kind + "; it must be 2 for vectors of length 1, or -1 for those of the model");
        }
        return kind == EUCLIDEAN;
    }

    private static List<Object> json(List<List<float[]>> vectors) {
        List<Object> all = new ArrayList<>();
        for (List<float[]> text : vectors) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("index", all.size());
            json.put("embedding", text);
            all.add(json);
        }
        return all;
    }
}
