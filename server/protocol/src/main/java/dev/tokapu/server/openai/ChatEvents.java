package dev.tokapu.server.openai;

import dev.tokapu.Vocab;
import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.engine.PrefillProgress;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.EventStream;
import dev.tokapu.server.generate.AnswerParts;
import dev.tokapu.server.generate.AnswerSink;
import dev.tokapu.server.generate.Answers;
import dev.tokapu.server.generate.TimingsJson;
import dev.tokapu.server.json.JsonTemplate;
import dev.tokapu.text.TokenAlternatives;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes answers as events while they grow: chat.completion.chunk. */
final class ChatEvents implements AnswerSink {

    /** What comes after the last event. */
    static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

    private final Call call;
    private final ChatParameters parameters;
    private final Head head;
    private final Answers answers;
    private final Vocab vocab;
    private final EventStream events;
    private final int[] reported; // of each answer: tokens whose log-probabilities are told
    private final @Nullable JsonTemplate[] texts; // of each answer: the event that brings text
    private final @Nullable JsonTemplate[] thoughts;

    ChatEvents(Call call, ChatParameters parameters, Head head, Answers answers) {
        this.call = call;
        this.parameters = parameters;
        this.head = head;
        this.answers = answers;
        this.vocab = parameters.model().engine().model().vocab();
        this.reported = new int[answers.all().size()];
        this.texts = new @Nullable JsonTemplate[reported.length];
        this.thoughts = new @Nullable JsonTemplate[reported.length];
        this.events = call.events();
        events.onDrained(answers::resume);
        answers.all().forEach(answer -> {
            Map<String, @Nullable Object> delta = new LinkedHashMap<>();
            delta.put("role", "assistant");
            delta.put("content", "");
            send(answer, delta, null, null);
        });
    }

    @Override
    public boolean wantsMore() {
        return events.wantsMore();
    }

    @Override
    public boolean wantsPrefill() {
        return parameters.output().progress();
    }

    @Override
    public void prefilled(AnswerParts answer, PrefillProgress progress) {
        Map<String, @Nullable Object> chunk = chunk(answer, Map.of(), null, null);
        if (parameters.output().timings()) {
            chunk.put("timings", TimingsJson.of(progress));
        }
        chunk.put("prompt_progress", TimingsJson.progress(progress));
        events.json(chunk);
    }

    @Override
    public void more(AnswerParts answer, List<AnswerDelta> deltas) {
        if (!parameters.output().logprobs() && !parameters.output().timings()) {
            deltas.forEach(delta -> send(answer, delta));
            return;
        }
        List<Map<String, @Nullable Object>> all = deltas.stream()
                .map(ChatEvents::delta)
                .filter(delta -> !delta.isEmpty())
                .toList();
        for (int i = 0; i < all.size(); i++) {
            send(answer, all.get(i), i == all.size() - 1 ? logprobs(answer) : null, null);
        }
    }

    private void send(AnswerParts answer, AnswerDelta delta) {
        if (delta instanceof AnswerDelta.Text text) {
            events.data(template(texts, answer, "content").with(text.text()));
        } else if (delta instanceof AnswerDelta.Reasoning reasoning) {
            events.data(template(thoughts, answer, "reasoning_content").with(reasoning.text()));
        } else {
            Map<String, @Nullable Object> json = delta(delta);
            if (!json.isEmpty()) {
                send(answer, json, null, null);
            }
        }
    }

    private JsonTemplate template(@Nullable JsonTemplate[] known, AnswerParts answer, String name) {
        JsonTemplate template = known[answer.index()];
        if (template == null) {
            template = JsonTemplate.of(gap -> chunk(answer, Map.of(name, gap), null, null));
            known[answer.index()] = template;
        }
        return template;
    }

    private static Map<String, @Nullable Object> delta(AnswerDelta delta) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        if (delta instanceof AnswerDelta.Text text) {
            json.put("content", text.text());
        } else if (delta instanceof AnswerDelta.Reasoning reasoning) {
            json.put("reasoning_content", reasoning.text());
        } else if (delta instanceof AnswerDelta.CallStarted started) {
            Map<String, Object> tool = new LinkedHashMap<>();
            tool.put("index", started.index());
            tool.put("id", started.id());
            tool.put("type", "function");
            tool.put("function", ChatJson.function(started.name(), ""));
            json.put("tool_calls", List.of(tool));
        } else if (delta instanceof AnswerDelta.CallArguments arguments) {
            Map<String, Object> tool = new LinkedHashMap<>();
            tool.put("index", arguments.index());
            tool.put("function", Map.of("arguments", arguments.json()));
            json.put("tool_calls", List.of(tool));
        }
        return json; // that a call is complete the others tell
    }

    @Override
    public void ended(AnswerParts answer) {
        boolean calls = !answer.chat().toolCalls().isEmpty();
        String reason = ChatJson.finishReason(answer.chat().finishReason(), calls);
        send(answer, Map.of(), logprobs(answer), reason);
    }

    /** Of the tokens since the last event; null when there are none. */
    private @Nullable Object logprobs(AnswerParts answer) {
        if (!parameters.output().logprobs()) {
            return null;
        }
        List<TokenAlternatives> fresh = answer.text().logProbabilities(reported[answer.index()]);
        reported[answer.index()] += fresh.size();
        return fresh.isEmpty() ? null : ChatJson.logprobs(fresh, parameters.output(), vocab);
    }

    private void send(
            AnswerParts answer,
            Map<String, @Nullable Object> delta,
            @Nullable Object logprobs,
            @Nullable String finishReason) {
        events.json(chunk(answer, delta, logprobs, finishReason));
    }

    private Map<String, @Nullable Object> chunk(
            AnswerParts answer,
            Map<String, @Nullable Object> delta,
            @Nullable Object logprobs,
            @Nullable String finishReason) {
        Map<String, @Nullable Object> choice = new LinkedHashMap<>();
        choice.put("index", answer.index());
        choice.put("delta", delta);
        choice.put("logprobs", logprobs);
        choice.put("finish_reason", finishReason);
        Map<String, @Nullable Object> chunk = head.json("chat.completion.chunk");
        chunk.put("choices", List.of(choice));
        if (parameters.output().usage()) {
            chunk.put("usage", null);
        }
        if (parameters.output().timings() && !delta.containsKey("role")) {
            chunk.put("timings", TimingsJson.of(answer.text()));
        }
        return chunk;
    }

    @Override
    public void completed() {
        if (parameters.output().usage()) {
            Map<String, @Nullable Object> chunk = head.json("chat.completion.chunk");
            chunk.put("choices", new ArrayList<>());
            chunk.put("usage", ChatJson.usage(answers.usage()));
            if (parameters.output().timings()) {
                chunk.put("timings", TimingsJson.of(answers.all().get(0).text()));
            }
            events.json(chunk);
        }
        events.data(DONE);
        events.end();
    }

    @Override
    public void failed(Throwable failure) {
        call.fail(failure);
    }
}
