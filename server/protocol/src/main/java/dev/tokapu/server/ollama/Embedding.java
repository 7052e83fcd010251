package dev.tokapu.server.ollama;

import dev.tokapu.Vocab;
import dev.tokapu.embedding.LongTexts;
import dev.tokapu.engine.EmbedRequest;
import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.generate.Terms;
import dev.tokapu.server.generate.Vectors;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import dev.tokapu.text.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** /api/embed, vectors of texts, and /api/embeddings, the vector of one text, which older clients ask for. */
final class Embedding {

    private static final int MOST_TEXTS = 2048;

    private Embedding() {}

    static void embed(Call call, Service service) {
        long start = System.nanoTime();
        withModel(call, model -> embed(call, service, model, start));
    }

    static void embedOne(Call call, Service service) {
        withModel(call, model -> embedOne(call, service, model));
    }

    private static void withModel(Call call, Consumer<ServedModel> action) {
        JsonObject body = call.json();
        String name = ModelNames.named(body);
        Duration keepAlive = ModelNames.keepAlive(body);
        call.withModel(ModelNames.find(call, name), model -> {
            if (keepAlive != null) {
                call.keepAlive(keepAlive);
            }
            action.accept(model);
        });
    }

    private static void embed(Call call, Service service, ServedModel model, long start) {
        long loaded = System.nanoTime();
        JsonObject body = call.json();
        JsonValue input = body.require("input");
        List<JsonValue> texts = input.isText() ? List.of(input) : input.elements();
        if (texts.size() > MOST_TEXTS) {
            throw input.wrong("has " + texts.size() + " texts; give at most " + MOST_TEXTS);
        }
        boolean truncate = body.flag("truncate", true);
        Integer asked = body.integer("dimensions", 0, Integer.MAX_VALUE);
        int size = model.engine().model().info().outputEmbeddingSize();
        int dimensions = asked == null ? 0 : Math.min(asked, size); // as Ollama has it, all where it asks for more
        String name = ModelNames.named(body);
        check(body, model);
        SchedulingOptions terms = Terms.of(call.caller(), model, null, null);
        List<EmbedRequest> requests = new ArrayList<>();
        int tokens = 0;
        for (JsonValue text : texts) {
            int[] prompt = tokens(text, model, truncate);
            tokens += prompt.length;
            requests.add(EmbedRequest.builder(prompt)
                    .dimensions(dimensions)
                    .scheduling(terms)
                    .build());
        }
        int count = tokens;
        Vectors.compute(
                call, "input", model.engine(), requests, service.workers().answers(), vectors -> {
                    call.used(new Usage(count, 0, 0));
                    Map<String, Object> json = new LinkedHashMap<>();
                    json.put("model", name);
                    json.put("embeddings", vectors);
                    json.put("total_duration", System.nanoTime() - start);
                    json.put("load_duration", loaded - start);
                    json.put("prompt_eval_count", count);
                    call.respond(json);
                });
    }

    /** As Ollama's: the vector as the model gives it, and none of an empty text, which has the model loaded. */
    private static void embedOne(Call call, Service service, ServedModel model) {
        JsonObject body = call.json();
        JsonValue text = body.get("prompt");
        check(body, model);
        if (text == null || text.text().isEmpty()) {
            call.respond(Map.of("embedding", List.of()));
            return;
        }
        int[] prompt = tokens(text, model, false);
        EmbedRequest request = EmbedRequest.builder(prompt)
                .normalized(false)
                .scheduling(Terms.of(call.caller(), model, null, null))
                .build();
        Vectors.compute(
                call,
                "prompt",
                model.engine(),
                List.of(request),
                service.workers().answers(),
                vectors -> {
                    call.used(new Usage(prompt.length, 0, 0));
                    call.respond(Map.of("embedding", vectors.get(0)));
                });
    }

    /** Checks the rest of a request. */
    private static void check(JsonObject body, ServedModel model) {
        JsonObject options = body.object("options");
        if (options != null) {
            OptionsReader.checkContext(options, model);
            options.rejectUnknown(Ignored.OPTIONS);
        }
        body.rejectUnknown(Set.of());
        if (!model.engine().options().context().embeddings()) {
            throw new ProblemException(Problem.parameter(
                    "model",
                    "the model '" + ModelNames.named(body)
                            + "' generates text and makes no embeddings here; name one that was started for them"));
        }
    }

    /** A text that is too long loses its end, but not the token that ends every text. */
    private static int[] tokens(JsonValue text, ServedModel model, boolean truncate) {
        Vocab vocab = model.engine().model().vocab();
        int most = model.engine().sequenceContextSize();
        int[] tokens = vocab.tokenize(text.text());
        if (tokens.length == 0) {
            throw text.wrong("has no tokens; give at least one character");
        }
        return truncate ? LongTexts.TRUNCATE.parts(tokens, most, vocab).get(0) : tokens;
    }
}
