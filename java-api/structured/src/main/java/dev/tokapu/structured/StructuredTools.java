package dev.tokapu.structured;

import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolArguments;
import dev.tokapu.tool.ToolTypes;
import java.util.List;

/**
 * Tools with Java types for {@link Tool}, which finds this by itself.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class StructuredTools implements ToolTypes {

    /** For {@link java.util.ServiceLoader}. */
    public StructuredTools() {}

    @Override
    public ToolArguments<String> ofSchema(String schema) {
        return new SchemaArguments(schema);
    }

    @Override
    public <A> ToolArguments<A> ofType(Class<A> type) {
        return TypeArguments.of(type);
    }

    @Override
    public List<Tool> ofMethods(Object target) {
        return ToolMethods.of(target);
    }
}
