package dev.tokapu.server.batches;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.tokapu.server.json.JsonObject;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that the requests of a batch took, read from their answers in the form of each API.
 *
 * @param input tokens of prompts
 * @param cached how many of them were computed before
 * @param output tokens of answers
 * @param reasoning how many of them belong to thoughts
 */
record BatchUsage(long input, long cached, long output, long reasoning) {

    static final BatchUsage NONE = new BatchUsage(0, 0, 0, 0);

    private static final JsonFactory JSON = new JsonFactory();

    BatchUsage plus(BatchUsage more) {
        return new BatchUsage(
                input + more.input, cached + more.cached, output + more.output, reasoning + more.reasoning);
    }

    /** What the answer in a line of the output took; nothing where it does not tell. */
    static BatchUsage ofLine(byte[] line) {
        try (JsonParser parser = JSON.createParser(line)) {
            return find(parser, "response") && find(parser, "body") && find(parser, "usage") ? of(parser) : NONE;
        } catch (IOException e) {
            return NONE; // the line is our own and complete; the body in it may be anything
        }
    }

    /** Moves to a field of the object that comes next; false if it has none of that name. */
    private static boolean find(JsonParser parser, String name) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return false;
        }
        for (String next = parser.nextFieldName(); next != null; next = parser.nextFieldName()) {
            if (next.equals(name)) {
                return true;
            }
            parser.nextToken();
            parser.skipChildren();
        }
        return false;
    }

    private static BatchUsage of(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return NONE;
        }
        long[] sums = new long[4];
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            switch (name) {
                case "prompt_tokens", "input_tokens" -> sums[0] = parser.nextLongValue(0);
                case "completion_tokens", "output_tokens" -> sums[2] = parser.nextLongValue(0);
                case "prompt_tokens_details", "input_tokens_details" -> sums[1] = detail(parser, "cached_tokens");
                case "completion_tokens_details", "output_tokens_details" ->
                    sums[3] = detail(parser, "reasoning_tokens");
                default -> {
                    parser.nextToken();
                    parser.skipChildren();
                }
            }
        }
        return new BatchUsage(sums[0], sums[1], sums[2], sums[3]);
    }

    private static long detail(JsonParser parser, String name) throws IOException {
        long value = 0;
        if (parser.nextToken() == JsonToken.START_OBJECT) {
            for (String next = parser.nextFieldName(); next != null; next = parser.nextFieldName()) {
                if (next.equals(name)) {
                    value = parser.nextLongValue(0);
                } else {
                    parser.nextToken();
                    parser.skipChildren();
                }
            }
        }
        return value;
    }

    /** As OpenAI's batches tell it. */
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("input_tokens", input);
        json.put("input_tokens_details", Map.of("cached_tokens", cached));
        json.put("output_tokens", output);
        json.put("output_tokens_details", Map.of("reasoning_tokens", reasoning));
        json.put("total_tokens", input + output);
        return json;
    }

    /** What {@link #json} wrote; nothing where it is not there. */
    static BatchUsage read(@Nullable JsonObject json) {
        return json == null
                ? NONE
                : new BatchUsage(
                        count(json, "input_tokens"),
                        count(json.require("input_tokens_details").object(), "cached_tokens"),
                        count(json, "output_tokens"),
                        count(json.require("output_tokens_details").object(), "reasoning_tokens"));
    }

    private static long count(JsonObject json, String name) {
        return json.require(name).integer(0L, Long.MAX_VALUE);
    }
}
