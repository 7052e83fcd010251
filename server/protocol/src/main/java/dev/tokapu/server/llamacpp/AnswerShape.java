package dev.tokapu.server.llamacpp;

import dev.tokapu.Model;
import dev.tokapu.server.generate.SamplingReader;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.text.GenerationOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of an answer is told, and how.
 *
 * @param stream whether it is told as events
 * @param tokens whether its tokens are told; those of events always are
 * @param probabilities how many of the likeliest tokens are told with each; 0 for no probabilities
 * @param sampled whether the probabilities are taken after the samplers; otherwise they are the model's
 * @param timings whether each event tells of the time
 * @param progress whether events tell how much of the prompt is computed
 * @param fields the paths of what is told at the end; none for everything
 */
record AnswerShape(
        boolean stream,
        boolean tokens,
        int probabilities,
        boolean sampled,
        boolean timings,
        boolean progress,
        List<String> fields) {

    private static final int MOST_ALTERNATIVES = 100;

    /** How long an answer may be: n_predict; null for as long as there is room. */
    static @Nullable Integer limit(JsonObject body) {
        Integer wanted = body.integer("n_predict", -1, Integer.MAX_VALUE);
        return wanted == null || wanted < 0 ? null : wanted;
    }

    /** Reads it. */
    static AnswerShape read(JsonObject body) {
        Integer probabilities = body.integer("n_probs", 0, MOST_ALTERNATIVES);
        JsonValue fields = body.get("response_fields");
        return new AnswerShape(
                body.flag("stream", false),
                body.flag("return_tokens", false),
                probabilities == null ? 0 : probabilities,
                body.flag("post_sampling_probs", false),
                body.flag("timings_per_token", false),
                body.flag("return_progress", false),
                fields == null ? List.of() : fields.texts());
    }

    /** Options of one answer that bring the probabilities. */
    GenerationOptions withProbabilities(GenerationOptions options, Model model) {
        if (sampled && probabilities > 0) {
            return CandidateRecorder.in(options, model, probabilities);
        }
        return SamplingReader.withLogProbabilities(options, probabilities);
    }
}
