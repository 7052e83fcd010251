package dev.tokapu.server.ollama;

import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.EventStream;
import dev.tokapu.server.generate.AnswerParts;
import dev.tokapu.server.generate.AnswerSink;
import dev.tokapu.server.generate.Answers;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.text.Timings;
import dev.tokapu.tool.ToolCall;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes an answer: a JSON value on a line for each part and a last one that tells of tokens and times, or one value for all of it. */
final class AnswerWriter implements AnswerSink {

    private static final double NANOS = 1e6;

    private final Call call;
    private final AnswerParameters parameters;
    private final Answers answers;
    private final long start;
    private final long loaded;
    private final @Nullable EventStream lines;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder thinking = new StringBuilder();
    private final List<Map<String, Object>> calls = new ArrayList<>();

    /** An answer that was asked for at a time of {@link System#nanoTime}, and whose model was there at another. */
    AnswerWriter(Call call, AnswerParameters parameters, Answers answers, long start, long loaded) {
        this.call = call;
        this.parameters = parameters;
        this.answers = answers;
        this.start = start;
        this.loaded = loaded;
        this.lines = parameters.stream() ? call.lines() : null;
        if (lines != null) {
            lines.onDrained(answers::resume);
        }
    }

    /** What begins each value. */
    static Map<String, @Nullable Object> head(String name) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("model", name);
        json.put("created_at", Instant.now().toString());
        return json;
    }

    @Override
    public boolean wantsParts() {
        return lines != null;
    }

    @Override
    public boolean wantsMore() {
        return lines == null || lines.wantsMore();
    }

    @Override
    public void more(AnswerParts answer, List<AnswerDelta> deltas) {
        deltas.forEach(this::add);
        boolean nothing = text.isEmpty() && thinking.isEmpty() && calls.isEmpty();
        if (lines != null && !nothing) {
            Map<String, @Nullable Object> json = part();
            json.put("done", false);
            lines.json(json);
        }
    }

    private void add(AnswerDelta delta) {
        if (delta instanceof AnswerDelta.Text more) {
            text.append(more.text());
        } else if (delta instanceof AnswerDelta.Reasoning more) {
            thinking.append(more.text());
        } else if (delta instanceof AnswerDelta.CallCompleted complete) {
            add(complete.index(), complete.call());
        }
    }

    /** Calls are told when they are complete, as Ollama does; one that was cut off is none. */
    private void add(int index, ToolCall tool) {
        if (!JsonText.isObject(tool.arguments())) {
            return;
        }
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("index", index);
        function.put("name", tool.name());
        function.put(
                "arguments",
                JsonText.readObject(tool.arguments().getBytes(StandardCharsets.UTF_8))
                        .plain());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", tool.id());
        json.put("function", function);
        calls.add(json);
    }

    /** What has come since the last part. */
    private Map<String, @Nullable Object> part() {
        Map<String, @Nullable Object> json = head(parameters.name());
        parameters.shape().put(json, text.toString(), thinking.toString(), List.copyOf(calls));
        text.setLength(0);
        thinking.setLength(0);
        calls.clear();
        return json;
    }

    @Override
    public void ended(AnswerParts answer) {
        // There is one answer: completed() follows.
    }

    @Override
    public void completed() {
        AnswerParts answer = answers.all().get(0);
        Timings timings = answer.text().timings();
        Map<String, @Nullable Object> json = part();
        json.put("done", true);
        json.put("done_reason", answer.text().finishReason().isCutOff() ? "length" : "stop");
        json.put("total_duration", System.nanoTime() - start);
        json.put("load_duration", loaded - start);
        json.put("prompt_eval_count", answers.usage().promptTokens());
        json.put("prompt_eval_duration", Math.round(timings.promptMillis() * NANOS));
        json.put("eval_count", answers.usage().generatedTokens());
        json.put("eval_duration", Math.round(timings.generationMillis() * NANOS));
        if (lines == null) {
            call.respond(json);
        } else {
            lines.json(json);
            lines.end();
        }
    }

    @Override
    public void failed(Throwable failure) {
        call.fail(failure);
    }
}
