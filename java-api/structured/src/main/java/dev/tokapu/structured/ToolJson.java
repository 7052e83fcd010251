package dev.tokapu.structured;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import dev.tokapu.exception.GrammarException;
import dev.tokapu.internal.grammar.SchemaProblem;
import dev.tokapu.sampling.Grammar;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What all arguments of tools have in common: the check against their schema, errors in words for models, results as JSON.
 *
 * <p>Thread safety: safe.
 */
final class ToolJson {

    private ToolJson() {}

    /** Something that reads JSON which fits its schema. */
    interface Reader<T> {
        T read() throws IOException;
    }

    /**
     * Reads arguments that fit their schema.
     *
     * @throws IllegalArgumentException when they do not fit, or the class does not take them
     */
    static <T> T read(AnswerCheck check, String json, Reader<T> reader) {
        boolean deep = check(check, json);
        try {
            return deep ? DeepStack.call(reader::read) : reader.read();
        } catch (IOException | StackOverflowError | DeepStack.ExhaustedException e) {
            throw new IllegalArgumentException(message(e), e);
        }
    }

    /**
     * Checks arguments.
     *
     * @return whether they need a stack of their own
     * @throws IllegalArgumentException when they do not fit
     */
    static boolean check(AnswerCheck check, String json) {
        AnswerCheck.Result result = check.check(json);
        if (result.problem() != null) {
            throw new IllegalArgumentException(result.problem());
        }
        return result.deep();
    }

    /** What a constructor said, rather than what Jackson makes of it. */
    private static String message(Throwable error) {
        if (error instanceof JsonMappingException mapping) {
            StringBuilder path = new StringBuilder();
            mapping.getPath()
                    .forEach(part -> path.append('/')
                            .append(part.getFieldName() == null ? part.getIndex() : part.getFieldName()));
            Throwable cause = mapping.getCause();
            String problem =
                    cause == null || cause.getMessage() == null ? mapping.getOriginalMessage() : cause.getMessage();
            return path.isEmpty() ? problem : path + ": " + problem;
        }
        return String.valueOf(error.getMessage());
    }

    /** Refuses what no grammar can hold a model to. */
    static void requireGrammar(SchemaWriter.Schemas schemas, String schema, String name) {
        try {
            Grammar.ofJsonSchemaCompact(schema);
        } catch (SchemaProblem e) {
            throw Refusal.of(schemas.place(e.path()), e.problem(), e);
        } catch (GrammarException e) {
            throw new IllegalArgumentException(
                    name + " cannot be expressed in the arguments of a tool: " + e.getMessage(), e);
        }
    }

    /**
     * Writes a result.
     *
     * @param type as declared, which of a list or a map tells what is in it; null when nobody knows
     */
    static String write(@Nullable Object result, @Nullable JavaType type) {
        boolean container = type != null && (type.isContainerType() || type.isReferenceType());
        try {
            return (container ? Jackson.MAPPER.writerFor(type) : Jackson.MAPPER.writer()).writeValueAsString(result);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the result cannot be written as JSON: " + e.getOriginalMessage(), e);
        }
    }
}
