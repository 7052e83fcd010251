package dev.tokapu.server.responses;

import dev.tokapu.chat.ChatRequest;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import dev.tokapu.server.problem.Problems;
import dev.tokapu.server.responses.StoredResponse.Owner;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The conversation of a request: instructions, previous responses, input, tools, how to reason, what the answer must be.
 *
 * @param request the conversation
 * @param input the items that were sent with it
 * @param previous the response that it builds on; null for none
 * @param callsTools whether the model may call tools
 * @param summary whether thoughts are told as summaries
 * @param settings how the response tells what was asked for
 */
record Conversation(
        ChatRequest request,
        List<Item> input,
        @Nullable StoredResponse previous,
        boolean callsTools,
        boolean summary,
        Map<String, @Nullable Object> settings) {

    /** Reads a conversation; what else the body has is left to the caller. */
    static Conversation read(JsonObject body, ResponseStore store, Owner owner) {
        refuseOthers(body);
        StoredResponse previous = previous(body.get("previous_response_id"), store, owner);
        List<Item> items = new ArrayList<>(previous == null ? List.of() : previous.conversation());
        List<Item> input =
                ItemReader.after(items, id -> store.findItem(id, owner)).read(body.require("input"));
        items.addAll(input);
        String instructions = body.text("instructions");
        ChatRequest.Builder chat = ChatRequest.builder(ItemMessages.of(instructions, items));
        FunctionTools tools = FunctionTools.read(body, chat);
        TextFormat format = TextFormat.read(body);
        chat.answerGrammar(format.grammar());
        Reasoning reasoning = Reasoning.read(body, chat);
        Map<String, @Nullable Object> settings = new LinkedHashMap<>();
        settings.put("instructions", instructions);
        settings.put("previous_response_id", previous == null ? null : previous.id());
        settings.put("reasoning", reasoning.json());
        settings.put("text", format.json());
        settings.putAll(tools.json());
        settings.put("truncation", "disabled");
        return new Conversation(
                Problems.checked("input", chat::build),
                input,
                previous,
                tools.callable(),
                reasoning.summary(),
                settings);
    }

    private static @Nullable StoredResponse previous(@Nullable JsonValue id, ResponseStore store, Owner owner) {
        if (id == null) {
            return null;
        }
        StoredResponse previous = store.find(id.text(), owner);
        if (previous == null) {
            throw new ProblemException(new Problem(
                    Problem.Kind.NOT_FOUND,
                    "there is no response '" + id.text()
                            + "'; it was not stored, or is no longer: send the whole conversation as input",
                    id.path(),
                    "previous_response_not_found",
                    null));
        }
        return previous;
    }

    private static void refuseOthers(JsonObject body) {
        JsonValue truncation = body.get("truncation");
        if (truncation != null && !truncation.text().equals("disabled")) {
            throw truncation.wrong("must be 'disabled', if given: nothing is left out of a conversation here");
        }
        JsonValue conversation = body.get("conversation");
        if (conversation != null) {
            throw conversation.wrong("is not supported: there are no conversations here; send previous_response_id");
        }
    }
}
