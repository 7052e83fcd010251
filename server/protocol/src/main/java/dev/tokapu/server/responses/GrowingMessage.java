package dev.tokapu.server.responses;

import dev.tokapu.server.responses.Item.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A message of one part of text. */
final class GrowingMessage extends GrowingItem {

    private final List<Object> tokens = new ArrayList<>();

    GrowingMessage(EventSequence events, int index) {
        super(events, index, Item.newId("msg_"));
    }

    @Override
    Map<String, Object> begun() {
        return item(Item.IN_PROGRESS).json(List.of());
    }

    @Override
    void sendStart() {
        send(
                "response.content_part.added",
                "content_index",
                0,
                "part",
                item(Item.IN_PROGRESS).part());
    }

    @Override
    void sendMore(String delta, List<?> logprobs) {
        tokens.addAll(logprobs);
        send("response.output_text.delta", "content_index", 0, "delta", delta, "logprobs", logprobs);
    }

    @Override
    void sendEnd() {
        send("response.output_text.done", "content_index", 0, "text", text(), "logprobs", tokens);
        send(
                "response.content_part.done",
                "content_index",
                0,
                "part",
                item(Item.COMPLETED).part());
    }

    @Override
    Message item(String status) {
        return new Message(id(), Item.ASSISTANT, text(), tokens, status);
    }
}
