package dev.tokapu.server.openai;

import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.EventStream;
import dev.tokapu.server.generate.AnswerParts;
import dev.tokapu.server.generate.AnswerSink;
import dev.tokapu.server.generate.Answers;
import dev.tokapu.server.json.JsonTemplate;
import dev.tokapu.text.TokenAlternatives;
import java.util.ArrayList;
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
    private final List<@Nullable CompletionLogprobs> logprobs = new ArrayList<>(); // of each answer
    private final @Nullable JsonTemplate[] texts; // of each answer: the event that brings text

    CompletionEvents(Call call, CompletionParameters parameters, Head head, Answers answers) {
        this.call = call;
        this.parameters = parameters;
        this.head = head;
        this.answers = answers;
        this.reported = new int[answers.all().size()];
        this.texts = new @Nullable JsonTemplate[reported.length];
        this.events = call.events();
        events.onDrained(answers::resume);
        for (AnswerParts answer : answers.all()) {
            CompletionLogprobs told = parameters.logprobsOf(answer.index());
            logprobs.add(told);
            String prompt = parameters.prompt(answer.index());
            if (!prompt.isEmpty()) {
                send(CompletionJson.choice(answer.index(), prompt, told == null ? null : told.take(), null));
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
        if (logprobs.get(answer.index()) == null) {
            events.data(template(answer.index()).with(text.toString()));
        } else {
            send(CompletionJson.choice(answer.index(), text.toString(), logprobs(answer), null));
        }
    }

    private JsonTemplate template(int answer) {
        JsonTemplate template = texts[answer];
        if (template == null) {
            template = JsonTemplate.of(gap -> chunk(CompletionJson.choice(answer, gap, null, null)));
            texts[answer] = template;
        }
        return template;
    }

    @Override
    public void ended(AnswerParts answer) {
        send(CompletionJson.choice(answer.index(), "", logprobs(answer), parameters.finishReason(answer)));
    }

    /** Of the tokens since the last event. */
    private @Nullable Object logprobs(AnswerParts answer) {
        CompletionLogprobs told = logprobs.get(answer.index());
        if (told == null) {
            return null;
        }
        List<TokenAlternatives> fresh = answer.text().logProbabilities(reported[answer.index()]);
        reported[answer.index()] += fresh.size();
        told.add(fresh);
        return told.take();
    }

    private void send(Map<String, @Nullable Object> choice) {
        events.json(chunk(choice));
    }

    private Map<String, @Nullable Object> chunk(Map<String, @Nullable Object> choice) {
        Map<String, @Nullable Object> chunk = head.json("text_completion");
        chunk.put("choices", List.of(choice));
        if (parameters.usage()) {
            chunk.put("usage", null);
        }
        return chunk;
    }

    @Override
    public void completed() {
        if (parameters.usage()) {
            Map<String, @Nullable Object> chunk = head.json("text_completion");
            chunk.put("choices", List.of());
            chunk.put("usage", parameters.usageOf(answers));
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
