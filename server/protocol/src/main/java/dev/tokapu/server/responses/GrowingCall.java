package dev.tokapu.server.responses;

import dev.tokapu.chat.AnswerDelta.CallStarted;
import dev.tokapu.server.responses.Item.Call;
import java.util.List;
import java.util.Map;

/** A call of a tool. */
final class GrowingCall extends GrowingItem {

    private final CallStarted call;

    GrowingCall(EventSequence events, int index, CallStarted call) {
        super(events, index, Item.newId("fc_"));
        this.call = call;
    }

    /** Which of the calls of the answer it is. */
    int call() {
        return call.index();
    }

    @Override
    Map<String, Object> begun() {
        return item(Item.IN_PROGRESS).json();
    }

    @Override
    void sendStart() {
        // It has no parts.
    }

    @Override
    void sendMore(String delta, List<?> logprobs) {
        send("response.function_call_arguments.delta", "delta", delta);
    }

    @Override
    void sendEnd() {
        send("response.function_call_arguments.done", "name", call.name(), "arguments", text());
    }

    @Override
    Call item(String status) {
        return new Call(id(), call.id(), call.name(), text(), status);
    }
}
