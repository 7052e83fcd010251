package dev.tokapu.server.openai;

import dev.tokapu.Vocab;
import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.generate.AnswerParts;
import dev.tokapu.server.generate.AnswerSink;
import dev.tokapu.server.generate.Answers;
import dev.tokapu.server.generate.TimingsJson;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes answers as one response when all have ended. */
record ChatResponse(Call call, ChatParameters parameters, Head head, Answers answers) implements AnswerSink {

    @Override
    public boolean wantsParts() {
        return false;
    }

    @Override
    public void more(AnswerParts answer, List<AnswerDelta> deltas) {
        // The answer keeps its parts.
    }

    @Override
    public void ended(AnswerParts answer) {
        // The others may go on.
    }

    @Override
    public void completed() {
        Vocab vocab = parameters.model().engine().model().vocab();
        Map<String, @Nullable Object> json = head.json("chat.completion");
        json.put(
                "choices",
                answers.all().stream()
                        .map(answer -> ChatJson.choice(answer, parameters.output(), vocab))
                        .toList());
        json.put("usage", ChatJson.usage(answers.usage()));
        if (parameters.output().timings()) {
            json.put("timings", TimingsJson.of(answers.all().get(0).text()));
        }
        call.respond(json);
    }

    @Override
    public void failed(Throwable failure) {
        call.fail(failure);
    }
}
