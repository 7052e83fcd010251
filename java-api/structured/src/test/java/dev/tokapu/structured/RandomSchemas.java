package dev.tokapu.structured;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Random;

/** JSON Schemas of closed objects that are made up at random, with names and descriptions in many scripts. */
final class RandomSchemas {

    private static final List<String> WORDS = List.of(
            "name",
            "größe",
            "都市",
            "имя",
            "اسم",
            "a b",
            "x\"y",
            "\\",
            "é",
            "🦙",
            "$ref",
            "type",
            "required",
            "<|im_end|>",
            "a/b",
            "~");

    private final Random random;

    RandomSchemas(long seed) {
        this.random = new Random(seed);
    }

    /** A word or several, each with a number. */
    String words(int most) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(most); i >= 0; i--) {
            text.append(WORDS.get(random.nextInt(WORDS.size()))).append(random.nextInt(10));
        }
        return text.toString();
    }

    /** An object of which nothing may be null. */
    ObjectNode object(int depth) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        for (int i = random.nextInt(4); i >= 0; i--) {
            String name = words(2);
            if (!properties.has(name)) {
                ObjectNode value = value(depth - 1);
                if (random.nextBoolean()) {
                    value.put("description", words(5));
                }
                properties.set(name, value);
                if (random.nextInt(3) > 0) {
                    required.add(name);
                }
            }
        }
        return schema.put("additionalProperties", false);
    }

    private ObjectNode value(int depth) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        int least = random.nextInt(5);
        switch (random.nextInt(depth > 0 ? 8 : 5)) {
            case 0 -> node.put("type", "string").put("minLength", least).put("maxLength", least + 3);
            case 1 -> node.put("type", "integer").put("minimum", -least).put("maximum", least * 100);
            case 2 -> node.put("type", "boolean");
            case 3 -> node.put("type", "number");
            case 4 -> node.putArray("enum").add(words(2)).add(words(3));
            case 5 -> node.put("type", "array").put("maxItems", least + 1).set("items", value(depth - 1));
            case 6 -> node.putArray("anyOf").add(object(depth - 1)).add(object(depth - 1));
            default -> {
                return object(depth);
            }
        }
        return node;
    }
}
