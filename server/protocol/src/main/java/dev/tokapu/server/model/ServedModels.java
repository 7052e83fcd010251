package dev.tokapu.server.model;

import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The models that are served, by name.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class ServedModels {

    private final List<ServedModel> models;
    private final Map<String, ServedModel> byName = new LinkedHashMap<>();

    /**
     * Creates them.
     *
     * @param models the models; the first answers calls that name none
     */
    public ServedModels(List<ServedModel> models) {
        this.models = List.copyOf(models);
        models.forEach(model -> {
            add(model.name(), model);
            model.aliases().forEach(alias -> add(alias, model));
        });
    }

    private void add(String name, ServedModel model) {
        if (byName.putIfAbsent(name, model) != null) {
            throw new IllegalArgumentException("two models are named '" + name + "'; give them different names");
        }
    }

    /** {@return all of them} */
    public List<ServedModel> all() {
        return models;
    }

    /** {@return whether the engines of all of them run} */
    public boolean areOpen() {
        return models.stream().allMatch(model -> model.engine().isOpen());
    }

    /**
     * The model that a call names.
     *
     * @param name its name or alias; null for the first
     * @return the model
     * @throws ProblemException when there is none
     */
    public ServedModel find(@Nullable String name) {
        ServedModel model = name == null ? models.stream().findFirst().orElse(null) : byName.get(name);
        if (model == null) {
            String known = String.join(", ", byName.keySet());
            throw new ProblemException(new Problem(
                    Problem.Kind.NOT_FOUND,
                    "the model '" + name + "' is not served here; there are: " + known,
                    "model",
                    "model_not_found",
                    null));
        }
        return model;
    }
}
