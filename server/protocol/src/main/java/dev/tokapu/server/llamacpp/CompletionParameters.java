package dev.tokapu.server.llamacpp;

import dev.tokapu.engine.Request;
import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.generate.AnswerFormat;
import dev.tokapu.server.generate.SamplingReader;
import dev.tokapu.server.generate.Terms;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.problem.Problems;
import dev.tokapu.text.GenerationOptions;
import java.util.List;

/**
 * A request to /completion.
 *
 * @param model who answers
 * @param requests one for each prompt
 * @param shape what of the answers is told
 */
record CompletionParameters(ServedModel model, List<Request> requests, AnswerShape shape) {

    static CompletionParameters read(Call call, ServedModel model) {
        JsonObject body = call.json();
        JsonValue given = body.require("prompt");
        PromptReader reader = new PromptReader(model.engine().model().vocab(), body.flag("parse_special", true));
        List<int[]> prompts = reader.read(given);
        Integer limit = AnswerShape.limit(body);
        AnswerShape shape = AnswerShape.read(body);
        Grammar grammar = AnswerFormat.or(body, null, "grammar");
        GenerationOptions options = SamplingReader.read(body, model, limit, "stop");
        GenerationOptions all = grammar == null ? options : options.withSamplersFirst(List.of(grammar));
        SchedulingOptions terms = Terms.read(call.caller(), model, body);
        body.rejectUnknown(Ignored.COMPLETION);
        List<Request> requests = prompts.stream()
                .map(prompt -> Problems.checked(
                        "prompt",
                        () -> Request.builder(prompt)
                                .generation(shape.withProbabilities(
                                        all, model.engine().model()))
                                .scheduling(terms)
                                .build()))
                .toList();
        return new CompletionParameters(model, requests, shape);
    }
}
