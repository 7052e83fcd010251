package dev.tokapu.structured;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import dev.tokapu.exception.GrammarException;
import dev.tokapu.internal.grammar.SchemaProblem;
import dev.tokapu.sampling.Grammar;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A type with its schema, and the way from text to value and back. All of Jackson and the validator is behind this class, so
 * that nothing of it is loaded before the first type is asked for.
 *
 * <p>Thread safety: safe.
 */
final class TypeMapping {

    private final JavaType type;
    private final JavaType written;
    private final String schema;
    private final String promptSchema;
    private final AnswerCheck check;
    private final Grammar grammar;

    private TypeMapping(JavaType type, SchemaWriter.Schemas schemas) {
        this.type = type;
        this.written = Jackson.made(type);
        this.schema = schemas.full().toString();
        this.promptSchema = schemas.prompt().toString();
        this.grammar = Grammar.ofJsonSchemaCompact(schema);
        this.check = new AnswerCheck(schemas.full());
    }

    /**
     * Makes the schema and the grammar of a type.
     *
     * @throws IllegalArgumentException when it cannot be expressed
     */
    static TypeMapping of(Type javaType) {
        JavaType type = Jackson.MAPPER.constructType(javaType);
        SchemaWriter.Schemas schemas = SchemaWriter.write(type);
        try {
            return new TypeMapping(type, schemas);
        } catch (SchemaProblem e) {
            throw Refusal.of(schemas.place(e.path()), e.problem(), e);
        } catch (GrammarException e) {
            throw new IllegalArgumentException(
                    type.getRawClass().getSimpleName() + " cannot be expressed in an answer: " + e.getMessage(), e);
        }
    }

    String schema() {
        return schema;
    }

    String promptSchema() {
        return promptSchema;
    }

    Grammar grammar() {
        return grammar;
    }

    /** Checks a text against the schema. */
    AnswerCheck.Result check(String text) {
        return check.check(text);
    }

    /**
     * Reads a value from a text in which {@link #check} found no problem.
     *
     * @param deep what it found
     * @throws IOException when the class does not take it, for example in its constructor
     * @throws DeepStack.ExhaustedException when it nests deeper than any stack
     */
    @Nullable
    Object read(String text, boolean deep) throws IOException {
        return deep ? DeepStack.call(() -> readHere(text)) : readHere(text);
    }

    private @Nullable Object readHere(String text) throws JsonProcessingException {
        return Jackson.MAPPER.readerFor(type).readValue(text);
    }

    /** Reads what is there of a value; empty when the class does not take it. */
    Optional<Object> readPart(String json) {
        try {
            return Optional.ofNullable(Jackson.MAPPER
                    .readerFor(type)
                    .without(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .readValue(json));
        } catch (JsonProcessingException | NumberFormatException | StackOverflowError e) {
            return Optional.empty();
        }
    }

    /**
     * Writes a value so that it can be read.
     *
     * @throws IllegalArgumentException when it breaks a rule of its type
     */
    String write(Object value) {
        String text;
        try {
            text = writeHere(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "a " + value.getClass().getName() + " cannot be written: " + e.getOriginalMessage(), e);
        } catch (DeepStack.ExhaustedException e) {
            throw new IllegalArgumentException("this " + value.getClass().getName() + " nests too deep", e);
        }
        String problem = check.check(text).problem();
        if (problem != null) {
            throw new IllegalArgumentException(
                    "this " + value.getClass().getName() + " is no answer for its type: " + problem);
        }
        return text;
    }

    private String writeHere(Object value) throws JsonProcessingException {
        try {
            return Jackson.MAPPER.writerFor(written).writeValueAsString(value);
        } catch (StackOverflowError e) {
            return DeepStack.call(() -> Jackson.MAPPER.writerFor(written).writeValueAsString(value));
        }
    }
}
