package dev.tokapu.server.responses;

import dev.tokapu.server.json.JsonText;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A response that is kept, with what it answers; immutable but for the count, which the store keeps. */
final class StoredResponse {

    private static final int OVERHEAD = 512;

    private final String id;
    private final Owner owner;
    private final byte[] body;
    private final byte[] input;
    private final List<String> outputIds;
    private final @Nullable StoredResponse previous;

    /** With the store's lock: the store and the responses that build on it. */
    private int holders;

    private long until;

    /**
     * Whose a response is.
     *
     * @param caller the tenant of the key
     * @param tenant that of the request, which may name a user of the caller
     */
    record Owner(String caller, String tenant) {}

    /** A response to some items. */
    StoredResponse(
            String id,
            Owner owner,
            byte[] body,
            List<Item> output,
            List<Item> input,
            @Nullable StoredResponse previous) {
        this.id = id;
        this.owner = owner;
        this.body = body;
        this.outputIds = output.stream().map(Item::id).toList();
        this.input =
                JsonText.write(Map.of("data", input.stream().map(Item::json).toList()));
        this.previous = previous;
    }

    String id() {
        return id;
    }

    Owner owner() {
        return owner;
    }

    /** The response as JSON. */
    byte[] body() {
        return body;
    }

    /** The ids of the items that it is. */
    List<String> outputIds() {
        return outputIds;
    }

    @Nullable
    StoredResponse previous() {
        return previous;
    }

    long bytes() {
        return (long) body.length + input.length + OVERHEAD;
    }

    /** The items that it answers, without those of previous responses. */
    List<Item> input() {
        return ItemReader.ofStored().read(JsonText.readObject(input).require("data"));
    }

    /** The items that it is. */
    List<Item> output() {
        return ItemReader.ofStored().read(JsonText.readObject(body).require("output"));
    }

    /** The whole conversation: what it answers, and its output, behind those of previous responses. */
    List<Item> conversation() {
        Deque<StoredResponse> turns = new ArrayDeque<>();
        for (StoredResponse turn = this; turn != null; turn = turn.previous) {
            turns.push(turn);
        }
        List<Item> items = new ArrayList<>();
        for (StoredResponse turn : turns) {
            items.addAll(turn.input());
            items.addAll(turn.output());
        }
        return items;
    }

    /** One more needs it; whether it was the first. */
    boolean hold() {
        return holders++ == 0;
    }

    /** One less needs it; whether it was the last. */
    boolean release() {
        return --holders == 0;
    }

    long until() {
        return until;
    }

    void keepUntil(long nanos) {
        until = nanos;
    }
}
