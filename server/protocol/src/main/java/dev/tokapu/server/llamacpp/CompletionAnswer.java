package dev.tokapu.server.llamacpp;

import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.engine.PrefillProgress;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.EventStream;
import dev.tokapu.server.generate.AnswerParts;
import dev.tokapu.server.generate.AnswerSink;
import dev.tokapu.server.generate.Answers;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes answers as llama-server does: as a whole, or as events and what there is to tell at the end of each. */
final class CompletionAnswer implements AnswerSink {

    private final Call call;
    private final AnswerJson json;
    private final Answers answers;
    private final int[] reported; // of each answer: tokens that are told
    private final @Nullable EventStream events;

    CompletionAnswer(Call call, AnswerJson json, Answers answers) {
        this.call = call;
        this.json = json;
        this.answers = answers;
        this.reported = new int[answers.all().size()];
        this.events = json.shape().stream() ? call.events() : null;
        if (events != null) {
            events.onDrained(answers::resume);
        }
    }

    @Override
    public boolean wantsParts() {
        return events != null;
    }

    @Override
    public boolean wantsMore() {
        return events == null || events.wantsMore();
    }

    @Override
    public boolean wantsPrefill() {
        return events != null && json.shape().progress();
    }

    @Override
    public void prefilled(AnswerParts answer, PrefillProgress progress) {
        if (events != null) {
            events.json(json.prefilled(answer, progress));
        }
    }

    @Override
    public void more(AnswerParts answer, List<AnswerDelta> deltas) {
        if (events != null) {
            StringBuilder text = new StringBuilder();
            for (AnswerDelta delta : deltas) {
                if (delta instanceof AnswerDelta.Text part) {
                    text.append(part.text());
                }
            }
            int from = reported[answer.index()];
            int[] tokens = answer.text().tokens(from);
            reported[answer.index()] = from + tokens.length;
            events.json(json.part(answer, text.toString(), tokens, from));
        }
    }

    @Override
    public void ended(AnswerParts answer) {
        if (events != null) {
            events.json(json.end(answer, reported[answer.index()]));
        }
    }

    @Override
    public void completed() {
        if (events != null) {
            events.end();
            return;
        }
        List<Map<String, Object>> all =
                answers.all().stream().map(answer -> json.end(answer, 0)).toList();
        call.respond(all.size() == 1 ? all.get(0) : all);
    }

    @Override
    public void failed(Throwable failure) {
        call.fail(failure);
    }
}
