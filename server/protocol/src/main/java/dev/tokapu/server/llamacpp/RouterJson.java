package dev.tokapu.server.llamacpp;

import dev.tokapu.server.api.Call;
import dev.tokapu.server.model.LoadedModel;
import dev.tokapu.server.model.ModelEntry;
import dev.tokapu.server.pool.PoolStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The models as llama-server tells of them when it serves several. */
final class RouterJson {

    private RouterJson() {}

    static Map<String, Object> models(Call call) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("object", "list");
        json.put("data", call.models().stream().map(RouterJson::model).toList());
        return json;
    }

    private static Map<String, @Nullable Object> model(ModelEntry entry) {
        PoolStatus<LoadedModel> status = entry.status();
        Map<String, @Nullable Object> state = new LinkedHashMap<>();
        state.put(
                "value",
                switch (status.state()) {
                    case LOADED -> "loaded";
                    case LOADING -> "loading";
                    default -> "unloaded";
                });
        if (status.failure() != null) {
            state.put("failed", true);
            state.put("failure", status.failure());
        }
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", entry.name());
        json.put("object", "model");
        json.put("created", entry.created().getEpochSecond());
        json.put("owned_by", "tokapu");
        json.put("status", state);
        return json;
    }
}
