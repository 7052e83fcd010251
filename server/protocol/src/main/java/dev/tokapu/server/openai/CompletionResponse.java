package dev.tokapu.server.openai;

import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.generate.AnswerParts;
import dev.tokapu.server.generate.AnswerSink;
import dev.tokapu.server.generate.Answers;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes texts as one response when all have ended. */
record CompletionResponse(Call call, CompletionParameters parameters, Head head, Answers answers)
        implements AnswerSink {

    @Override
    public boolean wantsParts() {
        return false;
    }

    @Override
    public void more(AnswerParts answer, List<AnswerDelta> deltas) {
        // The answer keeps its text.
    }

    @Override
    public void ended(AnswerParts answer) {
        // The others may go on.
    }

    @Override
    public void completed() {
        Map<String, @Nullable Object> json = head.json("text_completion");
        json.put("choices", answers.all().stream().map(this::choice).toList());
        json.put("usage", parameters.usageOf(answers));
        call.respond(json);
    }

    private Map<String, @Nullable Object> choice(AnswerParts answer) {
        CompletionLogprobs logprobs = parameters.logprobsOf(answer.index());
        if (logprobs != null) {
            logprobs.add(answer.text().logProbabilities());
        }
        return CompletionJson.choice(
                answer.index(),
                parameters.prompt(answer.index()) + answer.text().textSoFar(),
                logprobs == null ? null : logprobs.take(),
                parameters.finishReason(answer));
    }

    @Override
    public void failed(Throwable failure) {
        call.fail(failure);
    }
}
