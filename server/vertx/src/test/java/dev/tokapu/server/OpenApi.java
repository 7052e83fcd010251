package dev.tokapu.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's own description of its API: what the server says is held to it where {@code -Dtokapu.openapi=FILE} names one, which the
 * project does not contain.
 */
final class OpenApi {

    private static final String ID = "https://openapi.test/document";
    private static final Map<String, String> RESPONSES = Map.ofEntries(
            Map.entry("/v1/chat/completions", "CreateChatCompletionResponse"),
            Map.entry("/v1/completions", "CreateCompletionResponse"),
            Map.entry("/v1/embeddings", "CreateEmbeddingResponse"),
            Map.entry("/v1/models", "ListModelsResponse"),
            Map.entry("/v1/responses", "Response"),
            Map.entry("/v1/responses/*", "Response"),
            Map.entry("/v1/responses/input_tokens", "TokenCountsResource"),
            Map.entry("/v1/responses/*/input_items", "ResponseItemList"),
            Map.entry("/v1/files", "OpenAIFile"),
            Map.entry("/v1/files/*", "OpenAIFile"),
            Map.entry("/v1/batches", "Batch"),
            Map.entry("/v1/batches/*", "Batch"),
            Map.entry("/v1/batches/*/cancel", "Batch"));

    /** Of paths that take GET as well as POST. */
    private static final Map<String, String> LISTS =
            Map.of("/v1/files", "ListFilesResponse", "/v1/batches", "ListBatchesResponse");

    private static final Map<String, String> EVENTS = Map.of(
            "/v1/chat/completions",
            "CreateChatCompletionStreamResponse",
            "/v1/completions",
            "CreateCompletionResponse");

    private static final @Nullable OpenApi DOCUMENT = load(System.getProperty("tokapu.openapi"));

    private final SchemaRegistry schemas;
    private final Map<String, String> typedEvents = new HashMap<>();

    private OpenApi(JsonNode document) {
        document.path("components").path("schemas").properties().forEach(schema -> {
            JsonNode properties = schema.getValue().path("properties");
            if (properties.has("sequence_number")) {
                typedEvents.put(properties.path("type").path("enum").path(0).asText(), schema.getKey());
            }
        });
        nullable(document);
        String text = ((ObjectNode) document).put("$id", ID).toString();
        schemas = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12, registry -> registry.schemas(Map.of(ID, text)));
    }

    private static @Nullable OpenApi load(@Nullable String file) {
        try {
            return file == null || file.isEmpty()
                    ? null
                    : new OpenApi(ServerFixture.json(Files.readString(Path.of(file))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The document has OpenAPI 3.0's word for what may be null, which JSON Schema does not know. */
    private static void nullable(JsonNode node) {
        node.forEach(OpenApi::nullable);
        if (node instanceof ObjectNode object && object.path("nullable").asBoolean(false)) {
            ObjectNode inner = object.deepCopy();
            inner.remove("nullable");
            object.removeAll();
            ArrayNode any = object.putArray("anyOf");
            any.add(inner);
            any.addObject().put("type", "null");
        }
    }

    /** Holds a response to the document. */
    static void checkResponse(String path, int status, JsonNode body) {
        if (DOCUMENT != null && path.startsWith("/v1/") && !path.startsWith("/v1/messages")) {
            String name = status >= 400 ? "ErrorResponse" : schema(path, body);
            boolean base64 = body.path("data").path(0).path("embedding").isTextual(); // which the document leaves out
            if (name != null && !base64) {
                DOCUMENT.check(name, withoutFirstTokens(body));
            }
        }
    }

    private static @Nullable String schema(String path, JsonNode body) {
        String general = path.replaceFirst("/(resp_|file-|batch_)\\w+", "/*");
        if (body.path("deleted").asBoolean()) {
            return general.equals("/v1/files/*") ? "DeleteFileResponse" : null;
        }
        return body.path("object").asText().equals("list") && LISTS.containsKey(general)
                ? LISTS.get(general)
                : RESPONSES.get(general);
    }

    /** Holds an event to the document. */
    static void checkEvent(String path, JsonNode event) {
        String name = EVENTS.get(path);
        if (DOCUMENT != null && name != null) {
            JsonNode checked = withoutFirstTokens(event);
            if (path.equals("/v1/completions")) {
                checked.path("choices").forEach(OpenApi::removeNulls);
                removeNulls(checked);
            }
            DOCUMENT.check(event.has("error") ? "ErrorResponse" : name, checked);
        }
    }

    /** Holds an event to the schema of its type. */
    static void checkTypedEvent(JsonNode event) {
        if (DOCUMENT != null) {
            String type = event.path("type").asText();
            assertThat(DOCUMENT.typedEvents).containsKey(type);
            DOCUMENT.check(DOCUMENT.typedEvents.get(type), event);
        }
    }

    /** A copy without what is told of the first token of a prompt: OpenAI has nulls for it, the document does not. */
    private static JsonNode withoutFirstTokens(JsonNode body) {
        JsonNode copy = body.deepCopy();
        for (JsonNode choice : copy.path("choices")) {
            for (String list : List.of("token_logprobs", "top_logprobs")) {
                if (choice.path("logprobs").path(list) instanceof ArrayNode tokens
                        && tokens.path(0).isNull()) {
                    tokens.remove(0);
                }
            }
        }
        return copy;
    }

    /** OpenAI sends nulls in events of completions that the document does not have. */
    private static void removeNulls(JsonNode node) {
        if (node instanceof ObjectNode object) {
            if (object.path("finish_reason").isNull()) {
                object.put("finish_reason", "stop");
            }
            if (object.path("usage").isNull()) {
                object.remove("usage");
            }
        }
    }

    private void check(String name, JsonNode value) {
        assertThat(schemas.getSchema(SchemaLocation.of(ID + "#/components/schemas/" + name))
                        .validate(value))
                .as("%s of OpenAI's document: %s", name, value)
                .isEmpty();
    }
}
