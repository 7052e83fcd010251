package dev.tokapu.server.generate;

import dev.tokapu.sampling.Grammar;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import dev.tokapu.server.problem.Problems;
import org.jspecify.annotations.Nullable;

/**
 * What an answer must be: a schema, as each API names it, or llama.cpp's grammar and json_schema.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class AnswerFormat {

    private static final String ANY_OBJECT = "{\"type\":\"object\"}";

    private AnswerFormat() {}

    /** {@return the grammar of any JSON object} */
    public static Grammar anyObject() {
        return Grammar.ofJsonSchemaCompact(ANY_OBJECT);
    }

    /**
     * The grammar of what a schema allows.
     *
     * @param schema the schema
     * @return the grammar
     * @throws ProblemException when it cannot be used
     */
    public static Grammar schema(JsonValue schema) {
        String json = schema.objectJson();
        return Problems.checked(schema.path(), () -> Grammar.ofJsonSchemaCompact(json));
    }

    /**
     * A format, or what {@code json_schema} and {@code grammar} ask for in its place.
     *
     * @param body the body of a request
     * @param format the grammar of the format that the API's own parameter names; null for none
     * @param name that parameter
     * @return the grammar of the answer; null for anything
     * @throws ProblemException when there are several, or the one cannot be used
     */
    public static @Nullable Grammar or(JsonObject body, @Nullable Grammar format, String name) {
        JsonValue schema = body.get("json_schema");
        JsonValue gbnf = body.get("grammar");
        int count = (format == null ? 0 : 1) + (schema == null ? 0 : 1) + (gbnf == null ? 0 : 1);
        if (count > 1) {
            throw new ProblemException(
                    Problem.parameter(name, name + ", json_schema and grammar exclude each other; give one of them"));
        }
        if (schema != null) {
            return schema(schema);
        }
        return gbnf == null ? format : Problems.checked("grammar", () -> new Grammar(gbnf.text(), "root"));
    }
}
