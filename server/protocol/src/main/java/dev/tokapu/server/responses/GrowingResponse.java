package dev.tokapu.server.responses;

import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.engine.PrefillProgress;
import dev.tokapu.server.generate.AnswerParts;
import dev.tokapu.server.generate.Answers;
import dev.tokapu.server.generate.LogProbabilityJson;
import dev.tokapu.server.generate.TimingsJson;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.text.TokenAlternatives;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A response while it grows, with its events; it is stored when it has ended. */
final class GrowingResponse {

    private final ResponseParameters parameters;
    private final ResponseHead head;
    private final Answers answers;
    private final ResponseStore store;
    private final EventSequence events;
    private final Output output;
    private int reported; // tokens whose log-probabilities are told
    private boolean cutOff;

    GrowingResponse(ResponseParameters parameters, Answers answers, ResponseStore store, EventSequence events) {
        this.parameters = parameters;
        this.head = parameters.head();
        this.answers = answers;
        this.store = store;
        this.events = events;
        this.output = new Output(events, parameters.conversation().summary());
    }

    void start() {
        events.send("response.created", "response", head.inProgress());
        events.send("response.in_progress", "response", head.inProgress());
    }

    void prefilled(PrefillProgress progress) {
        events.send(
                "response.in_progress",
                "response",
                head.inProgress(),
                "prompt_progress",
                TimingsJson.progress(progress));
    }

    void more(AnswerParts answer, List<AnswerDelta> deltas) {
        for (AnswerDelta delta : deltas) {
            output.more(delta, delta instanceof AnswerDelta.Text ? logprobs(answer) : List.of());
        }
    }

    /** Of the tokens since the last ones that were told. */
    private List<?> logprobs(AnswerParts answer) {
        if (!parameters.logprobs()) {
            return List.of();
        }
        List<TokenAlternatives> fresh = answer.text().logProbabilities(reported);
        reported += fresh.size();
        return LogProbabilityJson.of(
                fresh,
                parameters.alternatives(),
                parameters.model().engine().model().vocab());
    }

    void ended(AnswerParts answer) {
        cutOff = answer.text().finishReason().isCutOff();
    }

    /** The response as JSON, when all of it is there. */
    byte[] complete() {
        output.end(cutOff);
        Map<String, @Nullable Object> response = head.ended(output.items(), cutOff, answers.usage());
        byte[] body = JsonText.write(response);
        if (parameters.store()) {
            Conversation conversation = parameters.conversation();
            store.put(new StoredResponse(
                    head.id(),
                    parameters.owner(),
                    body,
                    output.items(),
                    conversation.input(),
                    conversation.previous()));
        }
        events.send(cutOff ? "response.incomplete" : "response.completed", "response", response);
        return body;
    }

    /** It went wrong. */
    void fail(Problem problem) {
        events.send("error", "code", problem.code(), "message", problem.message(), "param", problem.parameter());
        events.send("response.failed", "response", head.failed(output.items(), problem));
    }
}
