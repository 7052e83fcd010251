package dev.tokapu.langchain4j;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.internal.JsonSchemaElementUtils;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.tool.ToolDefinition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** LangChain4j's schemas as JSON: of the arguments of tools, and of answers. */
final class Schemas {

    private static final JsonSchemaElement ANY_OBJECT =
            JsonObjectSchema.builder().build();
    private static final String NO_ARGUMENTS = "{\"type\":\"object\",\"properties\":{}}";
    private static final String PROPERTIES = "properties";
    private static final String REQUIRED = "required";
    private static final ObjectMapper JSON = new ObjectMapper();

    private Schemas() {}

    /** {@return a tool as the model reads it} */
    static ToolDefinition tool(ToolSpecification tool) {
        String description = tool.description();
        return new ToolDefinition(tool.name(), description == null ? "" : description, arguments(tool.parameters()));
    }

    private static String arguments(@Nullable JsonObjectSchema parameters) {
        if (parameters == null
                || (parameters.properties().isEmpty() && !Boolean.TRUE.equals(parameters.additionalProperties()))) {
            return NO_ARGUMENTS;
        }
        return json(parameters);
    }

    /** {@return what an answer is held to; null for any text} */
    static @Nullable Grammar grammar(@Nullable ResponseFormat format) {
        if (format == null || format.type() != ResponseFormatType.JSON) {
            return null;
        }
        JsonSchema schema = format.jsonSchema();
        return Grammar.ofJsonSchemaCompact(json(schema == null ? ANY_OBJECT : schema.rootElement()));
    }

    private static String json(JsonSchemaElement schema) {
        try {
            return JSON.writeValueAsString(open(JsonSchemaElementUtils.toMap(schema)));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the schema " + schema + " cannot be written as JSON", e);
        }
    }

    /** A schema in which objects without properties may have any: that is how LangChain4j describes maps. */
    private static Object open(Object schema) {
        if (schema instanceof List<?> list) {
            return list.stream().map(Schemas::open).toList();
        }
        if (!(schema instanceof Map<?, ?> map)) {
            return schema;
        }
        boolean any = "object".equals(map.get("type"))
                && Map.of().equals(map.get(PROPERTIES))
                && List.of().equals(map.get(REQUIRED))
                && !Boolean.FALSE.equals(map.get("additionalProperties"));
        Map<Object, Object> result = new LinkedHashMap<>();
        map.forEach((name, value) -> {
            if (!any || (!name.equals(PROPERTIES) && !name.equals(REQUIRED))) {
                result.put(name, open(value));
            }
        });
        return result;
    }
}
