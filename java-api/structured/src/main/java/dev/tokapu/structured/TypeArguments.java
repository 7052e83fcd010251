package dev.tokapu.structured;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tokapu.tool.ToolArguments;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Arguments as an object of a class.
 *
 * <p>Thread safety: immutable.
 */
final class TypeArguments<A> implements ToolArguments<A> {

    private final Class<A> target;
    private final JavaType type;
    private final String schema;
    private final String promptSchema;
    private final AnswerCheck check;

    private TypeArguments(Class<A> target, JavaType type, SchemaWriter.Schemas schemas, ObjectNode full) {
        this.target = target;
        this.type = type;
        this.schema = full.toString();
        this.promptSchema = ArgumentsSchema.prompt(schemas).toString();
        this.check = new AnswerCheck(full);
    }

    static <A> TypeArguments<A> of(Class<A> target) {
        JavaType type = Jackson.MAPPER.constructType(target);
        SchemaWriter.Schemas schemas = SchemaWriter.write(type);
        ObjectNode full = ArgumentsSchema.full(schemas);
        if (!full.path("type").asText().equals("object")) {
            throw new IllegalArgumentException(target.getTypeName()
                    + " is no JSON object, which the arguments of a tool must be; make it a component of a record");
        }
        ToolJson.requireGrammar(schemas, schemas.full().toString(), target.getTypeName());
        return new TypeArguments<>(target, type, schemas, full);
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
    public A read(String json) {
        return ToolJson.read(
                check,
                json,
                () -> Objects.requireNonNull(
                        target.cast(Jackson.MAPPER.readerFor(type).readValue(json)), "null is no value"));
    }

    @Override
    public String write(@Nullable Object result) {
        return ToolJson.write(result, null);
    }
}
