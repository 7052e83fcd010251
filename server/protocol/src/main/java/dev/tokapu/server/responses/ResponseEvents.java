package dev.tokapu.server.responses;

import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.engine.PrefillProgress;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.EventStream;
import dev.tokapu.server.generate.AnswerParts;
import dev.tokapu.server.generate.AnswerSink;
import dev.tokapu.server.generate.Answers;
import dev.tokapu.server.generate.TimingsJson;
import dev.tokapu.server.json.JsonText;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a response as events while it grows. */
final class ResponseEvents implements AnswerSink {

    private final Call call;
    private final ResponseParameters parameters;
    private final Answers answers;
    private final EventStream events;
    private final GrowingResponse response;

    ResponseEvents(Call call, ResponseParameters parameters, Answers answers, ResponseStore store) {
        this.call = call;
        this.parameters = parameters;
        this.answers = answers;
        this.events = call.events();
        this.response = new GrowingResponse(parameters, answers, store, new EventSequence(this::send));
        events.onDrained(answers::resume);
        response.start();
    }

    private void send(Map<String, @Nullable Object> event) {
        if (parameters.timings()) {
            event.put("timings", TimingsJson.of(answers.all().get(0).text()));
        }
        events.event(String.valueOf(event.get("type")), JsonText.write(event));
    }

    @Override
    public boolean wantsMore() {
        return events.wantsMore();
    }

    @Override
    public boolean wantsPrefill() {
        return parameters.progress();
    }

    @Override
    public void prefilled(AnswerParts answer, PrefillProgress progress) {
        response.prefilled(progress);
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
        response.complete();
        events.end();
    }

    @Override
    public void failed(Throwable failure) {
        call.fail(failure, (problem, stream) -> response.fail(problem));
    }
}
