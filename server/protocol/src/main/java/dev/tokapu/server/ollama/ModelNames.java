package dev.tokapu.server.ollama;

import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.model.ServedModel;
import dev.tokapu.server.model.ServedModels;
import java.util.Optional;
import java.util.stream.Stream;

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

    /** The model of a name. */
    static ServedModel find(ServedModels models, String name) {
        return known(models, name).orElseGet(() -> models.find(name)); // which says what there is
    }

    static Optional<ServedModel> known(ServedModels models, String name) {
        return models.all().stream()
                .filter(model -> Stream.concat(Stream.of(model.name()), model.aliases().stream())
                        .anyMatch(one -> tagged(one).equals(tagged(name))))
                .findFirst();
    }

    /** A name with its tag, which is what comes after a colon behind the last slash. */
    static String tagged(String name) {
        return name.indexOf(':', name.lastIndexOf('/') + 1) < 0 ? name + LATEST : name;
    }
}
