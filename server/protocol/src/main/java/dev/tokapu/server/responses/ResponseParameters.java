package dev.tokapu.server.responses;

import dev.tokapu.engine.Request;
import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.generate.SamplingReader;
import dev.tokapu.server.generate.Terms;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.problem.Problems;
import dev.tokapu.server.responses.StoredResponse.Owner;
import dev.tokapu.text.GenerationOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request to /v1/responses.
 *
 * @param model who answers
 * @param conversation what is answered
 * @param request what is asked for
 * @param owner whose the response is
 * @param stream whether it is answered as events
 * @param store whether the response is kept
 * @param timings whether events tell of the time, as llama-server's do
 * @param progress whether events tell how much of the prompt is computed
 * @param logprobs whether log-probabilities are told
 * @param alternatives how many of the likeliest tokens are told with each
 * @param head what the response is from its beginning on
 */
record ResponseParameters(
        ServedModel model,
        Conversation conversation,
        Request request,
        Owner owner,
        boolean stream,
        boolean store,
        boolean timings,
        boolean progress,
        boolean logprobs,
        int alternatives,
        ResponseHead head) {

    private static final int MOST_ALTERNATIVES = 20;
    private static final String LOGPROBS = "message.output_text.logprobs";

    static ResponseParameters read(Call call, ServedModel model, ResponseStore stored) {
        JsonObject body = call.json();
        SchedulingOptions terms = Terms.read(call.caller(), model, body);
        Owner owner = new Owner(call.caller().tenant(), terms.tenant());
        Conversation conversation = Conversation.read(body, model.defaults().reasoning(), stored, owner);
        boolean logprobs = logprobs(body, conversation.callsTools());
        Integer top = body.integer("top_logprobs", 0, MOST_ALTERNATIVES);
        int alternatives = top == null ? 0 : top;
        if (alternatives > 0 && !logprobs) {
            throw body.require("top_logprobs").wrong("may be given with '" + LOGPROBS + "' in include alone");
        }
        Integer limit = SamplingReader.maxTokens(body, "max_output_tokens");
        GenerationOptions sampling = SamplingReader.withLogProbabilities(
                SamplingReader.read(body, model, limit, "stop"), logprobs ? Math.max(1, alternatives) : 0);
        boolean stream = stream(body);
        boolean store = body.flag("store", true);
        boolean timings = body.flag("timings_per_token", false);
        boolean progress = body.flag("return_progress", false);
        refuseBackground(body.get("background"));
        Map<String, @Nullable Object> settings = settings(body, model, store, conversation);
        body.rejectUnknown(Ignored.PARAMETERS);
        Request request = Problems.checked(
                "max_output_tokens",
                () -> Request.builder(conversation.request())
                        .generation(sampling)
                        .scheduling(terms)
                        .build());
        return new ResponseParameters(
                model,
                conversation,
                request,
                owner,
                stream,
                store,
                timings,
                progress,
                logprobs,
                alternatives,
                ResponseHead.of(settings));
    }

    private static boolean logprobs(JsonObject body, boolean callsTools) {
        boolean logprobs = false;
        for (JsonValue include : body.elements("include")) {
            logprobs |= include.oneOf(LOGPROBS, Ignored.ENCRYPTED).equals(LOGPROBS);
        }
        if (logprobs && callsTools) {
            throw body.require("include")
                    .wrong("has '" + LOGPROBS + "', which cannot be told of answers with tools; leave out one of them");
        }
        return logprobs;
    }

    private static boolean stream(JsonObject body) {
        boolean stream = body.flag("stream", false);
        JsonValue options = body.get("stream_options");
        if (options != null) {
            if (!stream) {
                throw options.wrong("may be given with stream: true alone");
            }
            options.object().rejectUnknown(Ignored.STREAM_OPTIONS);
        }
        return stream;
    }

    private static void refuseBackground(@Nullable JsonValue background) {
        if (background != null && background.flag()) {
            throw background.wrong("must be false, if given: a response is made while its client waits for it");
        }
    }

    private static Map<String, @Nullable Object> settings(
            JsonObject body, ServedModel model, boolean store, Conversation conversation) {
        Map<String, @Nullable Object> settings = new LinkedHashMap<>();
        settings.put("model", model.name());
        settings.putAll(conversation.settings());
        settings.put("background", false);
        settings.put("max_output_tokens", given(body, "max_output_tokens"));
        settings.put("metadata", metadata(body.object("metadata")));
        settings.put("service_tier", "flex".equals(body.text("service_tier")) ? "flex" : "default");
        settings.put("store", store);
        settings.put("temperature", given(body, "temperature"));
        JsonValue top = body.get("top_logprobs");
        settings.put("top_logprobs", top == null ? 0 : top.value());
        settings.put("top_p", given(body, "top_p"));
        return settings;
    }

    private static @Nullable Object given(JsonObject body, String name) {
        JsonValue value = body.get(name);
        return value == null ? null : value.value();
    }

    private static Map<String, Object> metadata(@Nullable JsonObject given) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        if (given != null) {
            given.names().forEach(name -> metadata.put(name, given.require(name).text()));
        }
        return metadata;
    }
}
