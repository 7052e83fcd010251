package dev.tokapu.server.responses;

import dev.tokapu.server.responses.Item.Thought;
import java.util.List;
import java.util.Map;

/** A thought of one part, which is its text or, where that was asked for, its summary. */
final class GrowingThought extends GrowingItem {

    private final boolean summary;
    private final String part;
    private final String text;
    private final String index;

    GrowingThought(EventSequence events, int index, boolean summary) {
        super(events, index, Item.newId("rs_"));
        this.summary = summary;
        this.part = summary ? "response.reasoning_summary_part." : "response.content_part.";
        this.text = summary ? "response.reasoning_summary_text." : "response.reasoning_text.";
        this.index = summary ? "summary_index" : "content_index";
    }

    @Override
    Map<String, Object> begun() {
        return item(Item.IN_PROGRESS).json(List.of());
    }

    @Override
    void sendStart() {
        send(part + "added", index, 0, "part", item(Item.IN_PROGRESS).part());
    }

    @Override
    void sendMore(String delta, List<?> logprobs) {
        send(text + "delta", index, 0, "delta", delta);
    }

    @Override
    void sendEnd() {
        send(text + "done", index, 0, "text", text());
        send(part + "done", index, 0, "part", item(Item.COMPLETED).part());
    }

    @Override
    Thought item(String status) {
        return new Thought(id(), text(), summary, status);
    }
}
