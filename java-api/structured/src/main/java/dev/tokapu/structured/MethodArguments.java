package dev.tokapu.structured;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokapu.tool.ToolArguments;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a method, by the names of its parameters.
 *
 * <p>Thread safety: immutable.
 */
final class MethodArguments implements ToolArguments<@Nullable Object[]> {

    private final List<Property> parameters;
    private final JavaType result;
    private final String schema;
    private final String promptSchema;
    private final AnswerCheck check;

    /**
     * Makes schemas of parameters.
     *
     * @param method for messages
     * @param result what the method gives, now or later
     */
    MethodArguments(String method, List<Property> parameters, JavaType result) {
        SchemaWriter.Schemas schemas = SchemaWriter.write(method, parameters);
        ToolJson.requireGrammar(schemas, schemas.full().toString(), method);
        ObjectNode full = ArgumentsSchema.full(schemas);
        this.parameters = parameters;
        this.result = result;
        this.schema = full.toString();
        this.promptSchema = ArgumentsSchema.prompt(schemas).toString();
        this.check = new AnswerCheck(full);
    }

    @Override
    public String schema() {
        return schema;
    }

    @Override
    public String promptSchema() {
        return promptSchema;
    }

    @Override
    public @Nullable Object[] read(String json) {
        return ToolJson.read(check, json, () -> values(json));
    }

    private @Nullable Object[] values(String json) throws IOException {
        JsonNode tree = Jackson.MAPPER.readTree(json);
        @Nullable Object[] values = new @Nullable Object[parameters.size()];
        for (int i = 0; i < values.length; i++) {
            Property parameter = parameters.get(i);
            JsonNode value = tree.path(parameter.name());
            String part = value.isMissingNode() ? "null" : value.toString();
            try {
                values[i] = Jackson.readAs(parameter.type(), parameter.read(), part);
            } catch (JsonMappingException e) {
                e.prependPath(new JsonMappingException.Reference(null, parameter.name()));
                throw e;
            }
        }
        return values;
    }

    @Override
    public String write(@Nullable Object value) {
        return ToolJson.write(value, result);
    }
}
