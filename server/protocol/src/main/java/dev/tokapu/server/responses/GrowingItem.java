package dev.tokapu.server.responses;

import java.util.List;
import java.util.Map;

/** An item of the output while it grows, with its events. */
abstract class GrowingItem {

    private final EventSequence events;
    private final int index;
    private final String id;
    private final StringBuilder text = new StringBuilder();

    GrowingItem(EventSequence events, int index, String id) {
        this.events = events;
        this.index = index;
        this.id = id;
    }

    /** Sends an event of this item. */
    final void send(String type, Object... fields) {
        Object[] all = new Object[fields.length + 4];
        all[0] = "item_id";
        all[1] = id;
        all[2] = "output_index";
        all[3] = index;
        System.arraycopy(fields, 0, all, 4, fields.length);
        events.send(type, all);
    }

    final String id() {
        return id;
    }

    /** What it has so far. */
    final String text() {
        return text.toString();
    }

    /** Tells that it begins. */
    final void start() {
        events.send("response.output_item.added", "output_index", index, "item", begun());
        sendStart();
    }

    /** There is more of it. */
    final void more(String delta, List<?> logprobs) {
        text.append(delta);
        sendMore(delta, logprobs);
    }

    /** Tells that it is complete, or cut off. */
    final Item end(String status) {
        sendEnd();
        Item item = item(status);
        events.send("response.output_item.done", "output_index", index, "item", item.json());
        return item;
    }

    /** Without any part yet. */
    abstract Map<String, Object> begun();

    abstract void sendStart();

    abstract void sendMore(String delta, List<?> logprobs);

    abstract void sendEnd();

    abstract Item item(String status);
}
