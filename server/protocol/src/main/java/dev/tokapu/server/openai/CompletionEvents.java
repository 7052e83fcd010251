package dev.tokapu.server.openai;

import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.EventStream;
import dev.tokapu.server.generate.AnswerParts;
import dev.tokapu.server.generate.AnswerSink;
import dev.tokapu.server.generate.Answers;
import dev.tokapu.text.TokenAlternatives;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes texts as events while they grow. */
final class CompletionEvents implements AnswerSink {

    private final Call call;
    private final CompletionParameters parameters;
    private final Head head;
    private final Answers answers;
    private final EventStream events;
    private final int[] reported; // of each answer: tokens whose log-probabilities are told
    private final int[] offsets; // and where the text of the next one begins

    CompletionEvents(Call call, CompletionParameters parameters, Head head, Answers answers) {
        this.call = call;
        this.parameters = parameters;
        this.head = head;
        this.answers = answers;
        this.reported = new int[answers.all().size()];
        this.offsets = new int[answers.all().size()];
        this.events = call.events();
        events.onDrained(answers::resume);
        for (AnswerParts answer : answers.all()) {
            String prompt = parameters.prompt(answer.index());
            if (!prompt.isEmpty()) {
                send(CompletionJson.choice(answer.index(), prompt, null, null));
            }
        }
    }

    @Override
    public boolean wantsMore() {
        return events.wantsMore();
    }

    @Override
    public void more(AnswerParts answer, List<AnswerDelta> deltas) {
        StringBuilder text = new StringBuilder();
        for (AnswerDelta delta : deltas) {
            if (delta instanceof AnswerDelta.Text more) {
                text.append(more.text());
            }
        }
        send(CompletionJson.choice(answer.index(), text.toString(), logprobs(answer), null));
    }

    @Override
    public void ended(AnswerParts answer) {
        String reason = ChatJson.finishReason(answer.text().finishReason(), false);
        send(CompletionJson.choice(answer.index(), "", logprobs(answer), reason));
    }

    private @Nullable Object logprobs(AnswerParts answer) {
        Integer count = parameters.logprobs();
        if (count == null) {
            return null;
        }
        List<TokenAlternatives> all = answer.text().logProbabilities();
        List<TokenAlternatives> fresh = all.subList(reported[answer.index()], all.size());
        if (fresh.isEmpty()) {
            return null;
        }
        Map<String, Object> json = CompletionJson.logprobs(fresh, count, offsets[answer.index()]);
        reported[answer.index()] = all.size();
        fresh.forEach(token -> offsets[answer.index()] += token.chosen().text().length());
        return json;
    }

    private void send(Map<String, @Nullable Object> choice) {
        Map<String, @Nullable Object> chunk = head.json("text_completion");
        chunk.put("choices", List.of(choice));
        if (parameters.usage()) {
            chunk.put("usage", null);
        }
        events.json(chunk);
    }

    @Override
    public void completed() {
        if (parameters.usage()) {
            Map<String, @Nullable Object> chunk = head.json("text_completion");
            chunk.put("choices", List.of());
            chunk.put("usage", ChatJson.usage(answers));
            events.json(chunk);
        }
        events.data(ChatEvents.DONE);
        events.end();
    }

    @Override
    public void failed(Throwable failure) {
        call.fail(failure);
    }
}
