package dev.tokapu.server.ollama;

import dev.tokapu.server.api.Call;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.model.ModelEntry;
import dev.tokapu.server.pool.KeepAlive;
import dev.tokapu.server.problem.Problems;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Names of models as Ollama has them: a name without a tag has the tag {@code latest}. */
final class ModelNames {

    private static final String LATEST = ":latest";

    private ModelNames() {}

    /** The name that a request gives, by its present parameter or the one of old clients. */
    static String named(JsonObject body) {
        JsonValue old = body.get("name");
        JsonValue name = body.get("model");
        return (name == null && old != null ? old : body.require("model")).text();
    }

    /** The name here of the model that a caller means; the caller's own where there is none. */
    static String find(Call call, String name) {
        return known(call, name).map(ModelEntry::name).orElse(name);
    }

    static Optional<ModelEntry> known(Call call, String name) {
        return call.models().stream()
                .filter(entry ->
                        entry.names().stream().anyMatch(one -> tagged(one).equals(tagged(name))))
                .findFirst();
    }

    /** How long the model stays after a request, which gives seconds or a duration as Go writes it; null when it does not say. */
    static @Nullable Duration keepAlive(JsonObject body) {
        JsonValue value = body.get("keep_alive");
        return value == null
                ? null
                : Problems.checked(
                        value.path(),
                        () -> KeepAlive.parse(value.isNumber() ? String.valueOf(value.value()) : value.text()));
    }

    /** A name with its tag, which is what comes after a colon behind the last slash. */
    static String tagged(String name) {
        return name.indexOf(':', name.lastIndexOf('/') + 1) < 0 ? name + LATEST : name;
    }
}
