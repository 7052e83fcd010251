package dev.tokapu.structured;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tokapu.tool.ToolArguments;
import org.jspecify.annotations.Nullable;

/**
 * Arguments that stay JSON and are checked against a schema that somebody wrote.
 *
 * <p>Thread safety: immutable.
 */
final class SchemaArguments implements ToolArguments<String> {

    private final String schema;
    private final AnswerCheck check;

    SchemaArguments(String schema) {
        this.schema = schema;
        try {
            this.check = new AnswerCheck(Jackson.MAPPER.readTree(schema));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the schema is no JSON: " + e.getOriginalMessage(), e);
        } catch (RuntimeException e) { // of the validator, which has many
            throw new IllegalArgumentException("the schema cannot be checked: " + e.getMessage(), e);
        }
    }

    @Override
    public String schema() {
        return schema;
    }

    @Override
    public String promptSchema() {
        return schema;
    }

    @Override
    public String read(String json) {
        ToolJson.check(check, json);
        return json;
    }

    @Override
    public String write(@Nullable Object result) {
        return ToolJson.write(result, null);
    }
}
