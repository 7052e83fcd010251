package dev.tokapu.server.api;

import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.model.ServedModel;
import java.util.function.BiConsumer;

/**
 * What a route does.
 *
 * <p>Thread safety: safe; many calls at a time.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface Operation {

    /**
     * Answers a call, now or later. What it throws is answered in the API's form of errors.
     *
     * @param call the call
     */
    void handle(Call call);

    /**
     * An operation with the model that the body names as {@code model}, loaded first where it is not.
     *
     * @param operation what is done
     * @return the operation
     */
    static Operation withModel(BiConsumer<Call, ServedModel> operation) {
        return call -> call.withModel(call.json().text("model"), model -> operation.accept(call, model));
    }

    /**
     * An operation with a model, as {@link #withModel}, that answers with server-sent events where the body has {@code "stream": true}.
     *
     * @param operation what is done
     * @return the operation
     */
    static Operation streaming(BiConsumer<Call, ServedModel> operation) {
        return call -> {
            JsonObject body = call.json();
            call.withModel(body.text("model"), body.isTrue("stream"), model -> operation.accept(call, model));
        };
    }
}
