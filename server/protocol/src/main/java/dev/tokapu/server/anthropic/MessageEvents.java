package dev.tokapu.server.anthropic;

import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.api.EventStream;
import dev.tokapu.server.generate.AnswerParts;
import dev.tokapu.server.generate.AnswerSink;
import dev.tokapu.server.generate.Answers;
import dev.tokapu.server.json.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes an answer as events while it grows. It begins with the first token: then it is known how much of the prompt was cached. */
final class MessageEvents implements AnswerSink {

    private static final byte[] PING = "{\"type\":\"ping\"}".getBytes(StandardCharsets.US_ASCII);

    private final Call call;
    private final MessageParameters parameters;
    private final String id;
    private final Answers answers;
    private final EventStream events;
    private final BlockEvents blocks;
    private boolean started;
    private Map<String, @Nullable Object> end = Map.of();

    MessageEvents(Call call, MessageParameters parameters, String id, Answers answers) {
        this.call = call;
        this.parameters = parameters;
        this.id = id;
        this.answers = answers;
        this.events = call.events();
        this.blocks = new BlockEvents(parameters.showsThoughts(), this::send);
        events.keepAliveWith("ping", PING);
        events.onDrained(answers::resume);
    }

    private void send(Map<String, ?> event) {
        events.event(String.valueOf(event.get("type")), JsonText.write(event));
    }

    @Override
    public boolean wantsMore() {
        return events.wantsMore();
    }

    private void start() {
        if (!started) {
            started = true;
            Map<String, Object> event = new LinkedHashMap<>();
            event.put("type", "message_start");
            event.put("message", MessageJson.message(id, parameters.model().name(), List.of(), answers));
            send(event);
            events.event("ping", PING);
        }
    }

    @Override
    public void more(AnswerParts answer, List<AnswerDelta> deltas) {
        start();
        deltas.forEach(blocks::more);
    }

    @Override
    public void ended(AnswerParts answer) {
        end = MessageJson.end(answer, parameters);
    }

    @Override
    public void completed() {
        start();
        blocks.end();
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("type", "message_delta");
        event.put("delta", end);
        event.put("usage", MessageJson.usage(answers.usage()));
        send(event);
        send(Map.of("type", "message_stop"));
        events.end();
    }

    @Override
    public void failed(Throwable failure) {
        call.fail(failure);
    }
}
