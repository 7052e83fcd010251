package dev.tokapu.server.openai;

import dev.tokapu.engine.Request;
import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.generate.SamplingReader;
import dev.tokapu.server.generate.Terms;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import dev.tokapu.server.problem.Problems;
import dev.tokapu.text.GenerationOptions;
import java.util.List;

/**
 * A request to /v1/chat/completions.
 *
 * @param model who answers
 * @param request what is asked for
 * @param output how it is written
 */
record ChatParameters(ServedModel model, Request request, Output output) {

    private static final int MOST_ALTERNATIVES = 20;

    /**
     * How an answer is written.
     *
     * @param stream as events
     * @param usage whether a last event tells of the tokens
     * @param logprobs whether log-probabilities are told
     * @param alternatives how many of the likeliest tokens are told with each
     * @param timings whether it is told how long the answer took, which llama-server's clients ask for
     * @param progress whether events tell how much of the prompt is computed, as above
     */
    record Output(
            boolean stream, boolean usage, boolean logprobs, int alternatives, boolean timings, boolean progress) {

        /** Whether and how it is streamed, without log-probabilities and timings. */
        static Output streamed(JsonObject body) {
            boolean stream = body.flag("stream", false);
            JsonValue options = body.get("stream_options");
            boolean usage = false;
            if (options != null) {
                if (!stream) {
                    throw options.wrong("may be given with stream: true alone");
                }
                JsonObject object = options.object();
                usage = object.flag("include_usage", false);
                object.rejectUnknown(Ignored.STREAM_OPTIONS);
            }
            return new Output(stream, usage, false, 0, false, false);
        }

        static Output read(JsonObject body) {
            Output streamed = streamed(body);
            boolean logprobs = body.flag("logprobs", false);
            JsonValue top = body.get("top_logprobs");
            if (top != null && !logprobs) {
                throw top.wrong("may be given with logprobs: true alone");
            }
            return new Output(
                    streamed.stream(),
                    streamed.usage(),
                    logprobs,
                    top == null ? 0 : top.integer(0, MOST_ALTERNATIVES),
                    body.flag("timings_per_token", false),
                    body.flag("return_progress", false));
        }

        /** How many tokens the engine has to report. */
        int reported() {
            return logprobs ? Math.max(1, alternatives) : 0;
        }
    }

    static ChatParameters read(Call call, ServedModel model) {
        JsonObject body = call.json();
        ChatConversation conversation =
                ChatConversation.read(body, model.defaults().reasoning());
        Output output = Output.read(body);
        if (output.logprobs() && conversation.callsTools()) {
            throw new ProblemException(Problem.parameter(
                    "logprobs", "logprobs cannot be told of answers with tools; leave out one of them"));
        }
        Integer limit = SamplingReader.maxTokens(body, "max_tokens", "max_completion_tokens");
        GenerationOptions sampling =
                SamplingReader.withLogProbabilities(SamplingReader.read(body, model, limit, "stop"), output.reported());
        Integer n = body.integer("n", 1, model.engine().options().maxSequences());
        SchedulingOptions terms = Terms.read(call.caller(), model, body);
        refuseOthers(body);
        Request request = Problems.checked(
                "n",
                () -> Request.builder(conversation.request())
                        .generation(sampling)
                        .scheduling(terms)
                        .answers(n == null ? 1 : n)
                        .build());
        return new ChatParameters(model, request, output);
    }

    /** Refuses unknown parameters, and values that would change what is always done. */
    private static void refuseOthers(JsonObject body) {
        JsonValue modalities = body.get("modalities");
        if (modalities != null && !modalities.texts().equals(List.of("text"))) {
            throw modalities.wrong("must be ['text'], if given: there is no other output here");
        }
        JsonValue store = body.get("store");
        if (store != null && store.flag()) {
            throw store.wrong("must be false, if given: answers are not stored here");
        }
        JsonValue verbosity = body.get("verbosity");
        if (verbosity != null && !verbosity.text().equals("medium")) {
            throw verbosity.wrong("must be 'medium', if given: say in a system message how long answers are to be");
        }
        body.rejectUnknown(Ignored.PARAMETERS);
    }
}
