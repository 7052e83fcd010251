package dev.tokapu.server.llamacpp;

import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.EventStream;
import dev.tokapu.server.generate.AnswerParts;
import dev.tokapu.server.generate.AnswerSink;
import dev.tokapu.server.generate.Answers;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.Timings;
import dev.tokapu.text.Usage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes what goes into a gap, as llama-server does: as a whole, or as events and what there is to tell at the end. */
final class InfillAnswer implements AnswerSink {

    private final Call call;
    private final InfillParameters parameters;
    private final Answers answers;
    private final @Nullable EventStream events;

    InfillAnswer(Call call, InfillParameters parameters, Answers answers) {
        this.call = call;
        this.parameters = parameters;
        this.answers = answers;
        this.events = parameters.stream() ? call.events() : null;
        if (events != null) {
            events.onDrained(answers::resume);
        }
    }

    @Override
    public boolean wantsMore() {
        return events == null || events.wantsMore();
    }

    @Override
    public void more(AnswerParts answer, List<AnswerDelta> deltas) {
        if (events != null && parameters.tells()) {
            for (AnswerDelta delta : deltas) {
                if (delta instanceof AnswerDelta.Text text) {
                    events.json(part(text.text(), false));
                }
            }
        }
    }

    private static Map<String, Object> part(String content, boolean stop) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("index", 0);
        json.put("content", content);
        json.put("stop", stop);
        return json;
    }

    @Override
    public void ended(AnswerParts answer) {
        // It is the only one.
    }

    @Override
    public void completed() {
        TextStream text = answers.all().get(0).text();
        Usage usage = answers.usage();
        Map<String, Object> json = part(events == null && parameters.tells() ? text.textSoFar() : "", true);
        json.put("model", parameters.model().name());
        json.put("tokens_predicted", parameters.tells() ? usage.generatedTokens() : 0);
        json.put("tokens_evaluated", usage.promptTokens());
        json.put("truncated", false);
        json.put("stop_type", stopType(text.finishReason()));
        json.put("timings", timings(usage, text.timings()));
        if (events == null) {
            call.respond(json);
        } else {
            events.json(json);
            events.end();
        }
    }

    private static String stopType(FinishReason reason) {
        if (reason.isCutOff()) {
            return "limit";
        }
        return reason == FinishReason.STOP_TEXT ? "word" : "eos";
    }

    private static Map<String, Object> timings(Usage usage, Timings timings) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("cache_n", usage.cachedTokens());
        json.put("prompt_n", usage.promptTokens() - usage.cachedTokens());
        json.put("prompt_ms", timings.promptMillis());
        json.put("prompt_per_second", timings.promptTokensPerSecond());
        json.put("predicted_n", usage.generatedTokens());
        json.put("predicted_ms", timings.generationMillis());
        json.put("predicted_per_second", timings.tokensPerSecond());
        return json;
    }

    @Override
    public void failed(Throwable failure) {
        call.fail(failure);
    }
}
