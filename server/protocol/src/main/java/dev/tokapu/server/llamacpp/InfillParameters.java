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
import dev.tokapu.server.model.ServedModels;
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
 * @param stream whether it is answered as events
 * @param tells whether the answer is told; else the prompt alone was to be computed
 */
record InfillParameters(ServedModel model, Request request, boolean stream, boolean tells) {

    /** What llama-server tells models that know repositories. */
    private static final String REPOSITORY = "myproject";

    private static final String FILE = "filename";
    private static final String UNNAMED = "tmp";

    static InfillParameters read(Call call, ServedModels models) {
        JsonObject body = call.json();
        ServedModel model = models.find(body.text("model"));
        Engine engine = model.engine();
        Integer wanted = body.integer("n_predict", -1, Integer.MAX_VALUE);
        boolean tells = wanted == null || wanted != 0;
        Integer limit = wanted == null || wanted < 0 ? null : (Integer) Math.max(1, wanted);
        int[] prompt = Gap.prompt(gap(body, engine), engine, limit, "input_prefix");
        GenerationOptions options = SamplingReader.read(body, engine.model().vocab(), limit, "stop");
        boolean stream = body.flag("stream", false);
        SchedulingOptions terms = Terms.read(call.caller(), body);
        body.rejectUnknown(Ignored.INFILL);
        Request request = Problems.checked(
                "n_predict",
                () -> Request.builder(prompt)
                        .generation(options)
                        .scheduling(terms)
                        .build());
        return new InfillParameters(model, request, stream, tells);
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
