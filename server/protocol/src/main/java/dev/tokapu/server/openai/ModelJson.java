package dev.tokapu.server.openai;

import dev.tokapu.server.model.LoadedModel;
import dev.tokapu.server.model.ModelEntry;
import dev.tokapu.server.pool.PoolStatus;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is told of a model: OpenAI's members, and behind them its state and what it can do. */
final class ModelJson {

    private ModelJson() {}

    static Map<String, @Nullable Object> of(ModelEntry entry) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", entry.name());
        json.put("object", "model");
        json.put("created", entry.created().getEpochSecond());
        json.put("owned_by", "tokapu");
        json.put("aliases", entry.aliases());
        json.put("context_length", entry.sequenceContextSize());
        json.put("capabilities", entry.features().names());
        PoolStatus<LoadedModel> status = entry.status();
        json.put("state", status.state().name().toLowerCase(Locale.ROOT));
        if (status.failure() != null) {
            json.put("failure", status.failure());
        }
        if (entry.base() != null) {
            json.put("parent", entry.base());
        }
        return json;
    }
}
