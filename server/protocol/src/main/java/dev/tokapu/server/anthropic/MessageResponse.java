package dev.tokapu.server.anthropic;

import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.generate.AnswerParts;
import dev.tokapu.server.generate.AnswerSink;
import dev.tokapu.server.generate.Answers;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes an answer as one response when it has ended. */
record MessageResponse(Call call, MessageParameters parameters, String id, Answers answers) implements AnswerSink {

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
        // It is the only one.
    }

    @Override
    public void completed() {
        AnswerParts answer = answers.all().get(0);
        Map<String, @Nullable Object> json = MessageJson.message(
                id, parameters.model().name(), MessageJson.blocks(answer.chat(), parameters.showsThoughts()), answers);
        json.putAll(MessageJson.end(answer, parameters));
        call.respond(json);
    }

    @Override
    public void failed(Throwable failure) {
        call.fail(failure);
    }
}
