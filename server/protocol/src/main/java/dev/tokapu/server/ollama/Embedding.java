package dev.tokapu.server.ollama;

import dev.tokapu.SpecialTokens;
import dev.tokapu.Vocab;
import dev.tokapu.engine.EmbedRequest;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.Service;
import dev.tokapu.server.generate.Terms;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import dev.tokapu.server.problem.Problems;
import dev.tokapu.text.Usage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/** /api/embed: vectors of texts. */
final class Embedding {

    private static final int MOST_TEXTS = 2048;

    private Embedding() {}

    static void embed(Call call, Service service) {
        final long start = System.nanoTime();
        JsonObject body = call.json();
        String name = ModelNames.named(body);
        ServedModel model = ModelNames.find(service.models(), name);
        JsonValue input = body.require("input");
        List<JsonValue> texts = input.isText() ? List.of(input) : input.elements();
        if (texts.size() > MOST_TEXTS) {
            throw input.wrong("has " + texts.size() + " texts; give at most " + MOST_TEXTS);
        }
        boolean truncate = body.flag("truncate", true);
        JsonObject options = body.object("options");
        if (options != null) {
            OptionsReader.checkContext(options, model);
            options.rejectUnknown(Ignored.OPTIONS);
        }
        body.rejectUnknown(Ignored.PARAMETERS);
        if (!model.engine().options().context().embeddings()) {
            throw new ProblemException(Problem.parameter(
                    "model",
                    "the model '" + name
                            + "' generates text and makes no embeddings here; name one that was started for them"));
        }
        List<int[]> prompts = new ArrayList<>();
        for (JsonValue text : texts) {
            prompts.add(tokens(text, model, truncate));
        }
        int count = prompts.stream().mapToInt(prompt -> prompt.length).sum();
        CompletableFuture<?> unused = submit(call, model, prompts)
                .whenCompleteAsync(
                        (vectors, failure) -> {
                            if (failure != null) {
                                call.fail(problem(failure));
                                return;
                            }
                            call.used(new Usage(count, 0, 0));
                            Map<String, Object> json = new LinkedHashMap<>();
                            json.put("model", name);
                            json.put(
                                    "embeddings",
                                    vectors.stream().map(Embedding::numbers).toList());
                            json.put("total_duration", System.nanoTime() - start);
                            json.put("load_duration", 0);
                            json.put("prompt_eval_count", count);
                            call.respond(json);
                        },
                        service.workers().answers()); // not by the engine's thread
    }

    private static Throwable problem(Throwable failure) {
        return failure.getCause() instanceof CancellationException
                ? new ProblemException(
                        Problem.of(Problem.Kind.UNAVAILABLE, "the embeddings were not made because the server closes"))
                : failure;
    }

    /** A text that is too long loses its end, but not the token that ends every text. */
    private static int[] tokens(JsonValue text, ServedModel model, boolean truncate) {
        Vocab vocab = model.engine().model().vocab();
        int most = model.engine().sequenceContextSize();
        int[] tokens = vocab.tokenize(text.text());
        if (tokens.length == 0) {
            throw text.wrong("has no tokens; give at least one character");
        }
        if (tokens.length <= most || !truncate) {
            return tokens;
        }
        SpecialTokens special = vocab.specialTokens();
        int[] some = Arrays.copyOf(tokens, most);
        if (special.addsEos() || special.addsSep()) {
            some[most - 1] = tokens[tokens.length - 1];
        }
        return some;
    }

    private static CompletableFuture<List<float[]>> submit(Call call, ServedModel model, List<int[]> prompts) {
        List<CompletableFuture<float[]>> parts = new ArrayList<>();
        Runnable cancel = () -> parts.forEach(part -> part.cancel(false));
        try {
            for (int[] prompt : prompts) {
                EmbedRequest request = EmbedRequest.builder(prompt)
                        .scheduling(Terms.of(call.caller(), null, null))
                        .build();
                parts.add(Problems.checked("input", () -> model.engine().embed(request)));
            }
        } catch (RuntimeException e) {
            cancel.run();
            throw e;
        }
        call.exchange().onClosed(cancel);
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(done -> parts.stream().map(CompletableFuture::join).toList());
    }

    private static List<Float> numbers(float[] vector) {
        List<Float> numbers = new ArrayList<>(vector.length);
        for (float number : vector) {
            numbers.add(number);
        }
        return numbers;
    }
}
