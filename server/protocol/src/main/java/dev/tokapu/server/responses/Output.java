package dev.tokapu.server.responses;

import dev.tokapu.chat.AnswerDelta;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The output of a response while it grows: one item is open at a time, and what comes of another kind ends it and begins the next. */
final class Output {

    private final EventSequence events;
    private final boolean summary;
    private final List<Item> items = new ArrayList<>();
    private @Nullable GrowingItem open;

    /** Without an item yet. */
    Output(EventSequence events, boolean summary) {
        this.events = events;
        this.summary = summary;
    }

    /** There is more of the answer; {@code logprobs} are of the tokens of a text. */
    void more(AnswerDelta delta, List<?> logprobs) {
        if (delta instanceof AnswerDelta.Text text) {
            message().more(text.text(), logprobs);
        } else if (delta instanceof AnswerDelta.Reasoning reasoning) {
            GrowingItem thought =
                    open instanceof GrowingThought same ? same : begin(new GrowingThought(events, next(), summary));
            thought.more(reasoning.text(), List.of());
        } else if (delta instanceof AnswerDelta.CallStarted started) {
            begin(new GrowingCall(events, next(), started));
        } else if (delta instanceof AnswerDelta.CallArguments arguments && open != null) {
            open.more(arguments.json(), List.of());
        } else if (delta instanceof AnswerDelta.CallCompleted completed
                && open instanceof GrowingCall call
                && call.call() == completed.index()) {
            end(Item.COMPLETED);
        }
    }

    private GrowingItem message() {
        return open instanceof GrowingMessage same ? same : begin(new GrowingMessage(events, next()));
    }

    /** Where the next item will be. */
    private int next() {
        end(Item.COMPLETED);
        return items.size();
    }

    private GrowingItem begin(GrowingItem item) {
        open = item;
        item.start();
        return item;
    }

    private void end(String status) {
        if (open != null) {
            items.add(open.end(status));
            open = null;
        }
    }

    /** The answer has ended. One that says nothing is an empty message. */
    void end(boolean cutOff) {
        if (open == null && items.isEmpty()) {
            message();
        }
        end(cutOff ? Item.INCOMPLETE : Item.COMPLETED);
    }

    /** The items that are complete. */
    List<Item> items() {
        return List.copyOf(items);
    }
}
