package dev.tokapu.server.anthropic;

import dev.tokapu.engine.Request;
import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.generate.SamplingReader;
import dev.tokapu.server.generate.Terms;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.problem.Problems;
import dev.tokapu.text.GenerationOptions;
import java.util.List;
import java.util.Set;

/**
 * A request to /v1/messages.
 *
 * @param model who answers
 * @param request what is asked for
 * @param stops the stop strings that the caller named
 * @param stream whether the answer is written as events
 * @param showsThoughts whether the answer has the text of thoughts
 */
record MessageParameters(
        ServedModel model, Request request, List<String> stops, boolean stream, boolean showsThoughts) {

    static MessageParameters read(Call call, ServedModel model) {
        JsonObject body = call.json();
        Conversation conversation = Conversation.read(body);
        int limit = body.require("max_tokens").integer(1, Integer.MAX_VALUE);
        GenerationOptions sampling = SamplingReader.read(body, model, limit, "stop_sequences");
        boolean stream = body.flag("stream", false);
        SchedulingOptions terms = terms(call, model, body);
        body.rejectUnknown(Ignored.PARAMETERS);
        Request request = Problems.checked(
                "max_tokens",
                () -> Request.builder(conversation.request())
                        .generation(sampling)
                        .scheduling(terms)
                        .build());
        return new MessageParameters(model, request, sampling.stops(), stream, conversation.showsThoughts());
    }

    /** When it is served, and as whose. */
    private static SchedulingOptions terms(Call call, ServedModel model, JsonObject body) {
        JsonValue tier = body.get("service_tier");
        if (tier != null) {
            tier.oneOf("auto", "standard_only"); // there is one
        }
        JsonObject metadata = body.object("metadata");
        String user = null;
        if (metadata != null) {
            user = metadata.text("user_id");
            metadata.rejectUnknown(Set.of());
        }
        return Terms.of(call.caller(), model, null, user);
    }
}
