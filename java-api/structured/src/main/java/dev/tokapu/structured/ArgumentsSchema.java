package dev.tokapu.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes schemas of arguments out of those of answers: what may be null need not be there, and the whole is an object by its
 * first keyword. In the schema for models nothing is null: what is not there says the same with fewer words.
 *
 * <p>Thread safety: safe.
 */
final class ArgumentsSchema {

    private static final List<String> NAMED = List.of("properties", "$defs");
    private static final List<String> LISTED = List.of("anyOf", "allOf");
    private static final List<String> SINGLE = List.of("items", "additionalProperties");

    private ArgumentsSchema() {}

    /** What arguments are checked against. */
    static ObjectNode full(SchemaWriter.Schemas answers) {
        return of(answers.full(), false);
    }

    /** What a model reads. */
    static ObjectNode prompt(SchemaWriter.Schemas answers) {
        return of(answers.prompt(), true);
    }

    private static ObjectNode of(JsonNode answers, boolean forModels) {
        ObjectNode root = inlined(answers.deepCopy());
        visit(root, forModels);
        return root;
    }

    /** Of a type that holds itself the whole is a reference to its definition. */
    private static ObjectNode inlined(ObjectNode root) {
        String reference = root.path("$ref").asText();
        if (reference.isEmpty()) {
            return root;
        }
        ObjectNode definitions = root.withObject("/$defs");
        ObjectNode definition = (ObjectNode) definitions.path(reference.substring(reference.lastIndexOf('/') + 1));
        return definition.deepCopy().set("$defs", definitions);
    }

    private static void visit(@Nullable JsonNode node, boolean forModels) {
        if (!(node instanceof ObjectNode schema)) {
            return;
        }
        relax(schema, forModels);
        NAMED.forEach(keyword -> schema.path(keyword).forEach(part -> visit(part, forModels)));
        LISTED.forEach(keyword -> schema.path(keyword).forEach(part -> visit(part, forModels)));
        SINGLE.forEach(keyword -> visit(schema.get(keyword), forModels));
    }

    private static void relax(ObjectNode schema, boolean forModels) {
        if (!(schema.get("properties") instanceof ObjectNode properties)
                || !(schema.get("required") instanceof ArrayNode required)) {
            return;
        }
        List<JsonNode> stay = new ArrayList<>();
        for (JsonNode name : required) {
            ObjectNode content = orNull(properties.path(name.asText()));
            if (content == null) {
                stay.add(name);
            } else if (forModels) {
                properties.set(name.asText(), content);
            }
        }
        required.removeAll();
        required.addAll(stay);
        if (forModels && stay.isEmpty()) {
            schema.remove("required");
        }
    }

    /** What a value is that may also be null; null when it may not. */
    private static @Nullable ObjectNode orNull(JsonNode schema) {
        JsonNode choices = schema.path("anyOf");
        boolean nullable = choices.size() == 2
                && choices.get(1).size() == 1
                && choices.get(1).path("type").asText().equals("null");
        if (!nullable || !(choices.get(0).deepCopy() instanceof ObjectNode content)) {
            return null;
        }
        schema.properties().stream()
                .filter(entry -> !entry.getKey().equals("anyOf"))
                .forEach(entry -> content.set(entry.getKey(), entry.getValue()));
        return content;
    }
}
