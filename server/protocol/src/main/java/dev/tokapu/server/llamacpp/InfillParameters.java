package dev.tokapu.server.llamacpp;

import dev.tokapu.completion.FillInMiddle;
import dev.tokapu.completion.FillInMiddle.SourceFile;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.Request;
import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.generate.Gap;
import dev.tokapu.server.generate.SamplingReader;
import dev.tokapu.server.generate.Terms;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.problem.Problems;
import dev.tokapu.text.GenerationOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request to /infill.
 *
 * @param model who answers
 * @param request what is asked for
 * @param shape what of the answer is told
 */
record InfillParameters(ServedModel model, Request request, AnswerShape shape) {

    /** What llama-server tells models that know repositories. */
    private static final String REPOSITORY = "myproject";

    private static final String FILE = "filename";
    private static final String UNNAMED = "tmp";

    static InfillParameters read(Call call, ServedModel model) {
        JsonObject body = call.json();
        Engine engine = model.engine();
        Integer limit = AnswerShape.limit(body);
        int[] prompt = Gap.prompt(gap(body, engine), engine, limit, "input_prefix");
        AnswerShape shape = AnswerShape.read(body);
        GenerationOptions options = SamplingReader.read(body, model, limit, "stop");
        SchedulingOptions terms = Terms.read(call.caller(), model, body);
        body.rejectUnknown(Ignored.INFILL);
        Request request = Problems.checked(
                "n_predict",
                () -> Request.builder(prompt)
                        .generation(shape.withProbabilities(options, engine.model()))
                        .scheduling(terms)
                        .build());
        return new InfillParameters(model, request, shape);
    }

    private static FillInMiddle gap(JsonObject body, Engine engine) {
        String prefix = body.require("input_prefix").text();
        String suffix = body.require("input_suffix").text();
        @Nullable String middle = body.text("prompt");
        List<SourceFile> files = new ArrayList<>();
        for (JsonValue file : body.elements("input_extra")) {
            JsonObject object = file.object();
            @Nullable String name = object.text(FILE);
            files.add(new SourceFile(
                    name == null ? UNNAMED : name, object.require("text").text()));
            object.rejectUnknown(Set.of());
        }
        if (engine.model().vocab().specialTokens().fimSeparator().isPresent()) {
            files.add(new SourceFile(FILE, "")); // the one with the gap
        }
        return new FillInMiddle(prefix, suffix, middle == null ? "" : middle, false, REPOSITORY, files);
    }
}
