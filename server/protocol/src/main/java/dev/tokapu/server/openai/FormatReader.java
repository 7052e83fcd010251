package dev.tokapu.server.openai;

import dev.tokapu.sampling.Grammar;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import dev.tokapu.server.problem.Problems;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an answer must be: OpenAI's response_format, and llama.cpp's grammar and json_schema. */
final class FormatReader {

    private static final String ANY_OBJECT = "{\"type\":\"object\"}";

    private FormatReader() {}

    /** The grammar of the answer; null for anything. */
    static @Nullable Grammar read(JsonObject body) {
        @Nullable Grammar format = format(body.object("response_format"));
        JsonValue schema = body.get("json_schema");
        JsonValue gbnf = body.get("grammar");
        int count = (format == null ? 0 : 1) + (schema == null ? 0 : 1) + (gbnf == null ? 0 : 1);
        if (count > 1) {
            throw new ProblemException(Problem.parameter(
                    "response_format",
                    "response_format, json_schema and grammar exclude each other; give one of them"));
        }
        if (schema != null) {
            return schema(schema);
        }
        return gbnf == null ? format : Problems.checked("grammar", () -> new Grammar(gbnf.text(), "root"));
    }

    private static @Nullable Grammar format(@Nullable JsonObject format) {
        if (format == null) {
            return null;
        }
        String type = format.require("type").oneOf("text", "json_object", "json_schema");
        Grammar grammar = null;
        if (type.equals("json_object")) {
            JsonValue schema = format.get("schema"); // llama-server's
            grammar = schema == null ? Grammar.ofJsonSchemaCompact(ANY_OBJECT) : schema(schema);
        } else if (type.equals("json_schema")) {
            JsonObject named = format.require("json_schema").object();
            grammar = schema(named.require("schema"));
            named.rejectUnknown(Set.of("name", "description", "strict")); // it always holds
        }
        format.rejectUnknown(Set.of());
        return grammar;
    }

    private static Grammar schema(JsonValue schema) {
        String json = schema.objectJson();
        return Problems.checked(schema.path(), () -> Grammar.ofJsonSchemaCompact(json));
    }
}
