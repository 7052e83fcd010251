package dev.tokapu.server.responses;

import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.generate.AnswerParts;
import dev.tokapu.server.generate.AnswerSink;
import java.util.List;

/** Writes a response as a whole when it has ended. */
record ResponseBody(Call call, GrowingResponse response) implements AnswerSink {

    @Override
    public boolean wantsParts() {
        return false;
    }

    @Override
    public void more(AnswerParts answer, List<AnswerDelta> deltas) {
        response.more(answer, deltas);
    }

    @Override
    public void ended(AnswerParts answer) {
        response.ended(answer);
    }

    @Override
    public void completed() {
        call.respondJson(response.complete());
    }

    @Override
    public void failed(Throwable failure) {
        call.fail(failure);
    }
}
