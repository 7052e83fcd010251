package dev.tokapu.tool;

import dev.tokapu.internal.util.Json;
import org.jspecify.annotations.Nullable;

/**
 * Arguments that stay JSON, where nothing can check them against their schema.
 *
 * @param schema JSON Schema of an object
 */
record JsonArguments(String schema) implements ToolArguments<String> {

    static ToolArguments<String> of(String schema) {
        return ToolTypesLoader.find().map(types -> types.ofSchema(schema)).orElseGet(() -> new JsonArguments(schema));
    }

    @Override
    public String promptSchema() {
        return schema;
    }

    @Override
    public String read(String json) {
        Json.readObject(json);
        return json;
    }

    @Override
    public String write(@Nullable Object result) {
        return Json.write(result);
    }
}
