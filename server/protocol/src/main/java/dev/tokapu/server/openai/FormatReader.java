package dev.tokapu.server.openai;

import dev.tokapu.sampling.Grammar;
import dev.tokapu.server.generate.AnswerFormat;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an answer must be: OpenAI's response_format, and llama.cpp's grammar and json_schema. */
final class FormatReader {

    private FormatReader() {}

    /** The grammar of the answer; null for anything. */
    static @Nullable Grammar read(JsonObject body) {
        return AnswerFormat.or(body, format(body.object("response_format")), "response_format");
    }

    private static @Nullable Grammar format(@Nullable JsonObject format) {
        if (format == null) {
            return null;
        }
        String type = format.require("type").oneOf("text", "json_object", "json_schema");
        Grammar grammar = null;
        if (type.equals("json_object")) {
            JsonValue schema = format.get("schema"); // llama-server's
            grammar = schema == null ? AnswerFormat.anyObject() : AnswerFormat.schema(schema);
        } else if (type.equals("json_schema")) {
            JsonObject named = format.require("json_schema").object();
            grammar = AnswerFormat.schema(named.require("schema"));
            named.rejectUnknown(Set.of("name", "description", "strict")); // it always holds
        }
        format.rejectUnknown(Set.of());
        return grammar;
    }
}
