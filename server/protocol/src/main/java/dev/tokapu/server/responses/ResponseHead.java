package dev.tokapu.server.responses;

import dev.tokapu.server.problem.Problem;
import dev.tokapu.text.Usage;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a response is from its beginning on.
 *
 * @param id its id
 * @param created when it began, in seconds since 1970
 * @param settings what was asked for, as the response tells it
 */
record ResponseHead(String id, long created, Map<String, @Nullable Object> settings) {

    static ResponseHead of(Map<String, @Nullable Object> settings) {
        return new ResponseHead(Item.newId("resp_"), now(), settings);
    }

    private static long now() {
        return Instant.now().getEpochSecond();
    }

    /** The response before it has ended. */
    Map<String, @Nullable Object> inProgress() {
        return json(Item.IN_PROGRESS, List.of(), null, null);
    }

    /** The response when it has ended, by itself or because it was cut off. */
    Map<String, @Nullable Object> ended(List<Item> output, boolean cutOff, Usage usage) {
        Map<String, @Nullable Object> json =
                json(cutOff ? Item.INCOMPLETE : Item.COMPLETED, output, null, cutOff ? "max_output_tokens" : null);
        json.put("completed_at", cutOff ? null : (Object) now());
        json.put("usage", usage(usage));
        return json;
    }

    /** The response when it went wrong. */
    Map<String, @Nullable Object> failed(List<Item> output, Problem problem) {
        String code = switch (problem.kind()) {
            case LIMIT -> "rate_limit_exceeded";
            case INTERNAL, UNSUPPORTED, UNAVAILABLE -> "server_error";
            default -> "invalid_prompt";
        };
        return json("failed", output, Map.of("code", code, "message", problem.message()), null);
    }

    private Map<String, @Nullable Object> json(
            String status, List<Item> output, @Nullable Object error, @Nullable String incomplete) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("object", "response");
        json.put("created_at", created);
        json.put("status", status);
        json.put("error", error);
        json.put("incomplete_details", incomplete == null ? null : Map.of("reason", incomplete));
        json.put("output", output.stream().map(Item::json).toList());
        json.putAll(settings);
        return json;
    }

    private static Map<String, Object> usage(Usage usage) {
        Map<String, Object> prompt = new LinkedHashMap<>();
        prompt.put("cached_tokens", usage.cachedTokens());
        prompt.put("cache_write_tokens", 0); // nobody pays for it
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("input_tokens", usage.promptTokens());
        json.put("input_tokens_details", prompt);
        json.put("output_tokens", usage.generatedTokens());
        json.put("output_tokens_details", Map.of("reasoning_tokens", usage.reasoningTokens()));
        json.put("total_tokens", usage.promptTokens() + usage.generatedTokens());
        return json;
    }
}
