package dev.tokapu.server;

import static dev.tokapu.server.AdderScript.ADD;
import static dev.tokapu.server.AdderScript.CALL_QUESTION;
import static dev.tokapu.server.AdderScript.NEXT;
import static dev.tokapu.server.AdderScript.NEXT_QUESTION;
import static dev.tokapu.server.AdderScript.SUM;
import static dev.tokapu.server.AdderScript.TEXT;
import static dev.tokapu.server.AdderScript.TEXT_QUESTION;
import static dev.tokapu.server.AdderScript.THOUGHT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.responses.FunctionTool;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseFunctionToolCall;
import com.openai.models.responses.ResponseInputItem;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import dev.tokapu.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** OpenAI's own client for Java, which checks every response. */
@Timeout(300)
class OpenAiJavaIT {

    private static final Map<String, JsonValue> SCHEMA = Map.of(
            "type", JsonValue.from("object"),
            "properties", JsonValue.from(Map.of("a", Map.of("type", "integer"))),
            "required", JsonValue.from(List.of("a")));

    @TempDir
    static Path folder;

    private static Model model;
    private static ServerFixture http;
    private static OpenAIClient client;

    @BeforeAll
    static void start() {
        model = AdderScript.withNextTurns(folder).load();
        http = new ServerFixture(model, 2, 0, ServerOptions.defaults());
        client = http.openAiClient();
    }

    @AfterAll
    static void close() {
        client.close();
        http.close();
        model.close();
    }

    private static ChatCompletionCreateParams.Builder chat(String question) {
        return ChatCompletionCreateParams.builder()
                .model(ServerFixture.NAME)
                .temperature(0)
                .maxCompletionTokens(300)
                .addFunctionTool(FunctionDefinition.builder()
                        .name(ADD.name())
                        .description(ADD.description())
                        .parameters(FunctionParameters.builder()
                                .putAllAdditionalProperties(SCHEMA)
                                .build())
                        .build())
                .addUserMessage(question);
    }

    private static ResponseCreateParams.Builder response() {
        return ResponseCreateParams.builder()
                .model(ServerFixture.NAME)
                .temperature(0.0)
                .maxOutputTokens(300)
                .addTool(FunctionTool.builder()
                        .name(ADD.name())
                        .description(ADD.description())
                        .strict(true)
                        .parameters(FunctionTool.Parameters.builder()
                                .putAllAdditionalProperties(SCHEMA)
                                .build())
                        .build());
    }

    private static String text(Response response) {
        StringBuilder text = new StringBuilder();
        response.output()
                .forEach(item -> item.message()
                        .ifPresent(message -> message.content()
                                .forEach(part -> part.outputText().ifPresent(one -> text.append(one.text())))));
        return text.toString();
    }

    private static List<ResponseFunctionToolCall> calls(Response response) {
        return response.output().stream()
                .flatMap(item -> item.functionCall().stream())
                .toList();
    }

    /** The results of the calls, 3 and 4. */
    private static List<ResponseInputItem> results(Response response) {
        List<ResponseInputItem> results = new ArrayList<>();
        List<ResponseFunctionToolCall> calls = calls(response);
        for (int i = 0; i < calls.size(); i++) {
            results.add(ResponseInputItem.ofFunctionCallOutput(ResponseInputItem.FunctionCallOutput.builder()
                    .callId(calls.get(i).callId())
                    .output(Integer.toString(3 + i))
                    .build()));
        }
        return results;
    }

    @Test
    void chat_isValid_streamedOrNot() {
        ChatCompletion whole =
                client.chat().completions().create(chat(TEXT_QUESTION).build()).validate();
        assertThat(whole.choices().get(0).message().content()).contains(TEXT);
        ChatCompletionAccumulator all = ChatCompletionAccumulator.create();
        ChatCompletionStreamOptions usage =
                ChatCompletionStreamOptions.builder().includeUsage(true).build();
        try (StreamResponse<ChatCompletionChunk> chunks = client.chat()
                .completions()
                .createStreaming(chat(TEXT_QUESTION).streamOptions(usage).build())) {
            chunks.stream().forEach(chunk -> all.accumulate(chunk.validate()));
        }
        ChatCompletion streamed = all.chatCompletion().validate();
        assertThat(streamed.choices().get(0).message().content()).contains(TEXT);
        assertThat(streamed.usage().orElseThrow().totalTokens())
                .isEqualTo(whole.usage().orElseThrow().totalTokens());
    }

    @Test
    void chat_callsTools_streamedOrNot() {
        ChatCompletionMessage message = client.chat()
                .completions()
                .create(chat(CALL_QUESTION).build())
                .validate()
                .choices()
                .get(0)
                .message();
        assertThat(message.toolCalls().orElseThrow()).hasSize(2);
        ChatCompletionAccumulator all = ChatCompletionAccumulator.create();
        try (StreamResponse<ChatCompletionChunk> chunks =
                client.chat().completions().createStreaming(chat(CALL_QUESTION).build())) {
            chunks.stream().forEach(chunk -> all.accumulate(chunk.validate()));
        }
        assertThat(all.chatCompletion().choices().get(0).message().toolCalls().orElseThrow())
                .extracting(call -> call.asFunction().function().arguments())
                .containsExactly("{\"a\": 3}", "{\"a\": 1}");
    }

    @Test
    void completions_andModels_areValid() {
        Completion completion = client.completions()
                .create(CompletionCreateParams.builder()
                        .model(ServerFixture.NAME)
                        .prompt("a")
                        .maxTokens(2)
                        .build())
                .validate();
        assertThat(completion.choices()).hasSize(1);
        assertThat(client.models().list().data()).hasSize(1);
    }

    @Test
    void response_isValid_andStored() {
        Response first = client.responses()
                .create(response().input(TEXT_QUESTION).build())
                .validate();
        assertThat(first.status()).contains(ResponseStatus.COMPLETED);
        assertThat(text(first)).isEqualTo(TEXT);
        assertThat(client.responses().retrieve(first.id()).validate()).isEqualTo(first);
        assertThat(client.responses().inputItems().list(first.id()).data()).hasSize(1);
        Response next = client.responses()
                .create(response()
                        .input(NEXT_QUESTION)
                        .previousResponseId(first.id())
                        .build())
                .validate();
        assertThat(text(next)).isEqualTo(NEXT);
        assertThat(next.usage().orElseThrow().inputTokensDetails().cachedTokens())
                .isGreaterThanOrEqualTo(first.usage().orElseThrow().totalTokens());
        client.responses().delete(first.id());
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> client.responses().retrieve(first.id()));
    }

    @Test
    void response_streamed_isValidEventByEvent() {
        ResponseAccumulator all = ResponseAccumulator.create();
        List<ResponseStreamEvent> events = new ArrayList<>();
        try (StreamResponse<ResponseStreamEvent> stream = client.responses()
                .createStreaming(response().input(TEXT_QUESTION).build())) {
            stream.stream().forEach(event -> events.add(all.accumulate(event.validate())));
        }
        assertThat(text(all.response().validate())).isEqualTo(TEXT);
        assertThat(events.get(0).isCreated()).isTrue();
        assertThat(events.get(events.size() - 1).isCompleted()).isTrue();
    }

    @Test
    void response_callsTools_andGoesOnWithTheirResults() {
        Response whole = client.responses()
                .create(response().input(CALL_QUESTION).build())
                .validate();
        assertThat(whole.output()
                        .get(0)
                        .asReasoning()
                        .content()
                        .orElseThrow()
                        .get(0)
                        .text())
                .contains(THOUGHT);
        ResponseAccumulator all = ResponseAccumulator.create();
        try (StreamResponse<ResponseStreamEvent> stream = client.responses()
                .createStreaming(response().input(CALL_QUESTION).build())) {
            stream.stream().forEach(event -> all.accumulate(event.validate()));
        }
        for (Response calling : List.of(whole, all.response())) {
            assertThat(calls(calling))
                    .extracting(ResponseFunctionToolCall::arguments)
                    .containsExactly("{\"a\": 3}", "{\"a\": 1}");
            Response sum = client.responses()
                    .create(response()
                            .inputOfResponse(results(calling))
                            .previousResponseId(calling.id())
                            .build())
                    .validate();
            assertThat(text(sum)).isEqualTo(SUM);
        }
    }

    @Test
    void problem_isTheClientsException() {
        assertThatExceptionOfType(BadRequestException.class)
                .isThrownBy(() -> client.responses()
                        .create(response().input("x").background(true).build()))
                .satisfies(e -> assertThat(e.param()).contains("background"));
    }
}
