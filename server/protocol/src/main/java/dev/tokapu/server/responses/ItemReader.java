package dev.tokapu.server.responses;

import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import dev.tokapu.server.responses.Item.Call;
import dev.tokapu.server.responses.Item.Message;
import dev.tokapu.server.responses.Item.Result;
import dev.tokapu.server.responses.Item.Thought;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads items, of {@code input} and of what is stored. */
final class ItemReader {

    private final Function<String, @Nullable Item> stored;
    private final boolean trusts;
    private final Set<String> calls = new HashSet<>();
    private final Set<String> referred = new HashSet<>();

    private ItemReader(Function<String, @Nullable Item> stored, boolean trusts) {
        this.stored = stored;
        this.trusts = trusts;
    }

    /** A reader of the items after others; its references are resolved from the stored items. */
    static ItemReader after(List<Item> before, Function<String, @Nullable Item> stored) {
        ItemReader reader = new ItemReader(stored, false);
        before.forEach(reader::remember);
        return reader;
    }

    /** Reads what is stored: a part of a conversation that was checked as a whole. */
    static ItemReader ofStored() {
        return new ItemReader(id -> null, true);
    }

    private void remember(Item item) {
        if (item instanceof Call call) {
            calls.add(call.callId());
        }
    }

    /** A text of the user, or items. */
    List<Item> read(JsonValue input) {
        if (input.isText()) {
            return List.of(new Message(Item.newId("msg_"), "user", input.text(), List.of(), Item.COMPLETED));
        }
        List<Item> items = new ArrayList<>();
        for (JsonValue value : input.elements()) {
            Item item = item(value.object());
            remember(item);
            items.add(item);
        }
        if (items.isEmpty()) {
            throw input.wrong("is empty; give at least one item");
        }
        return items;
    }

    private Item item(JsonObject object) {
        JsonValue type = object.get("type");
        String kind = type == null
                ? "message"
                : type.oneOf("message", "function_call", "function_call_output", "reasoning", "item_reference");
        if (kind.equals("item_reference")) {
            return referred(object);
        }
        String id = object.text("id");
        String status = status(object);
        return switch (kind) {
            case "function_call" -> call(object, id == null ? Item.newId("fc_") : id, status);
            case "function_call_output" -> result(object, id == null ? Item.newId("fco_") : id);
            case "reasoning" -> thought(object, id == null ? Item.newId("rs_") : id, status);
            default -> message(object, id == null ? Item.newId("msg_") : id, status);
        };
    }

    /** Once each, or a short request could be a conversation of any length. */
    private Item referred(JsonObject object) {
        JsonValue id = object.require("id");
        object.rejectUnknown(Set.of());
        if (!referred.add(id.text())) {
            throw id.wrong("is '" + id.text() + "', as another reference is; an item is in a conversation once");
        }
        Item item = stored.apply(id.text());
        if (item == null) {
            throw new ProblemException(new Problem(
                    Problem.Kind.NOT_FOUND,
                    "there is no item '" + id.text() + "'; it was not stored, or is no longer: send the item itself",
                    id.path(),
                    "item_not_found",
                    null));
        }
        return item;
    }

    private static String status(JsonObject object) {
        JsonValue status = object.get("status");
        return status == null ? Item.COMPLETED : status.oneOf(Item.IN_PROGRESS, Item.COMPLETED, Item.INCOMPLETE);
    }

    private static Message message(JsonObject object, String id, String status) {
        String role = object.require("role").oneOf("user", Item.ASSISTANT, "system", "developer");
        JsonValue content = object.require("content");
        object.rejectUnknown(Ignored.MESSAGE);
        return new Message(id, role, text(content, "input_text", "output_text"), List.of(), status);
    }

    /** A text, or parts of it. */
    private static String text(JsonValue content, String... types) {
        if (!content.isArray()) {
            return content.text();
        }
        StringBuilder text = new StringBuilder();
        for (JsonValue part : content.elements()) {
            JsonObject object = part.object();
            object.require("type").oneOf(types);
            text.append(object.require("text").text());
            object.rejectUnknown(Ignored.PART);
        }
        return text.toString();
    }

    private static Thought thought(JsonObject object, String id, String status) {
        String content = parts(object.get("content"), "reasoning_text");
        String summary = parts(object.get("summary"), "summary_text");
        object.rejectUnknown(Ignored.REASONING);
        return content.isEmpty() ? new Thought(id, summary, true, status) : new Thought(id, content, false, status);
    }

    private static String parts(@Nullable JsonValue parts, String type) {
        return parts == null ? "" : text(parts, type);
    }

    /** A call that was cut off has the beginning of its arguments. */
    private static Call call(JsonObject object, String id, String status) {
        JsonValue name = object.require("name");
        if (name.text().isEmpty()) {
            throw name.wrong("is empty; give the name of the tool");
        }
        JsonValue arguments = object.require("arguments");
        if (!status.equals(Item.INCOMPLETE) && !JsonText.isObject(arguments.text())) {
            throw arguments.wrong("must be a JSON object as text");
        }
        Call call = new Call(id, object.require("call_id").text(), name.text(), arguments.text(), status);
        object.rejectUnknown(Ignored.CALL);
        return call;
    }

    private Result result(JsonObject object, String id) {
        JsonValue callId = object.require("call_id");
        if (!trusts && !calls.contains(callId.text())) {
            throw callId.wrong("is '" + callId.text() + "', and no function_call before it has that call_id");
        }
        Result result = new Result(id, callId.text(), text(object.require("output"), "input_text"));
        object.rejectUnknown(Ignored.RESULT);
        return result;
    }
}
