package dev.tokapu.server.api;

import dev.tokapu.server.caller.Caller;
import dev.tokapu.server.json.JsonText;
import dev.tokapu.text.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a call that has ended: who asked for what, and what it took. It has neither prompts nor answers.
 *
 * <p>Thread safety: immutable.
 *
 * @param id the id of the request
 * @param time when it ended
 * @param remoteAddress where it came from
 * @param caller who asked
 * @param method the method of HTTP
 * @param path the path, as strangers send it
 * @param route the path as its API has it, with a star for what comes behind it; empty where no API has it
 * @param status the status that was answered
 * @param gone whether the client had gone by then
 * @param duration from its arrival to its end
 * @param model the model that it used; null for none
 * @param usage the tokens that it took
 * @param work what an engine was asked for, and what became of it
 * @since 0.1
 */
public record FinishedCall(
        String id,
        Instant time,
        String remoteAddress,
        Caller caller,
        String method,
        String path,
        String route,
        int status,
        boolean gone,
        Duration duration,
        @Nullable String model,
        Usage usage,
        CallWork work) {

    private static final int LONGEST_PATH = 200;

    /** Checks the values. */
    public FinishedCall {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(caller, "caller");
        Objects.requireNonNull(usage, "usage");
    }

    /** {@return all of it as text, on one line} */
    public String text() {
        return id + ' ' + remoteAddress + ' ' + caller.name() + ' ' + method + ' ' + printable() + ' '
                + (gone ? "gone" : Integer.toString(status)) + ' ' + duration.toMillis() + " ms, "
                + usage.promptTokens() + " prompt tokens (" + usage.cachedTokens() + " cached), "
                + usage.generatedTokens() + " generated" + (model == null ? "" : " by " + model);
    }

    /** {@return all of it as a JSON object, on one line} */
    public String accessJson() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("time", time.toString());
        json.put("request_id", id);
        json.put("remote_address", remoteAddress);
        json.put("method", method);
        json.put("path", printable());
        json.putAll(used());
        return JsonText.text(json);
    }

    /** {@return who used how much, as a JSON object on one line} */
    public String auditJson() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("time", time.toString());
        json.put("request_id", id);
        json.putAll(used());
        return JsonText.text(json);
    }

    private Map<String, @Nullable Object> used() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("key", caller.name());
        json.put("tenant", caller.tenant());
        json.put("model", model);
        json.put("status", status);
        json.put("gone", gone);
        json.put("duration_ms", duration.toMillis());
        json.put("prompt_tokens", usage.promptTokens());
        json.put("cached_tokens", usage.cachedTokens());
        json.put("output_tokens", usage.generatedTokens());
        return json;
    }

    /** A line of a log stays one. */
    private String printable() {
        String some = path.length() <= LONGEST_PATH ? path : path.substring(0, LONGEST_PATH) + "...";
        return some.replaceAll("[^\\x21-\\x7e]", "?");
    }
}
