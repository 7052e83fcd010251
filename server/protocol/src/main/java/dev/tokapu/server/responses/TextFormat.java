package dev.tokapu.server.responses;

import dev.tokapu.sampling.Grammar;
import dev.tokapu.server.generate.AnswerFormat;
import dev.tokapu.server.json.JsonObject;
import dev.tokapu.server.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an answer must be: {@code text.format}, or llama.cpp's grammar and json_schema.
 *
 * @param grammar of the answer; null for anything
 * @param json {@code text} as the response tells it
 */
record TextFormat(@Nullable Grammar grammar, Map<String, Object> json) {

    static TextFormat read(JsonObject body) {
        JsonObject text = body.object("text");
        Grammar grammar = null;
        Map<String, @Nullable Object> told = new LinkedHashMap<>(Map.of("type", "text"));
        if (text != null) {
            JsonObject format = text.object("format");
            if (format != null) {
                grammar = format(format);
                told = format.plain();
                told.values().removeIf(Objects::isNull);
            }
            JsonValue verbosity = text.get("verbosity");
            if (verbosity != null && !verbosity.text().equals("medium")) {
                throw verbosity.wrong("must be 'medium', if given: say in instructions how long answers are to be");
            }
            text.rejectUnknown(Set.of());
        }
        return new TextFormat(AnswerFormat.or(body, grammar, "text.format"), Map.of("format", told));
    }

    private static @Nullable Grammar format(JsonObject format) {
        String type = format.require("type").oneOf("text", "json_object", "json_schema");
        Grammar grammar = null;
        if (type.equals("json_object")) {
            grammar = AnswerFormat.anyObject();
        } else if (type.equals("json_schema")) {
            format.require("name").text();
            format.text("description");
            format.flag("strict", true); // it always holds
            grammar = AnswerFormat.schema(format.require("schema"));
        }
        format.rejectUnknown(Set.of());
        return grammar;
    }
}
