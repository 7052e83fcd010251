package dev.tokapu.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.CustomMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ReasoningOptions;
import dev.tokapu.chat.Role;
import dev.tokapu.engine.Prompt;
import dev.tokapu.engine.Request;
import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.engine.Speculation;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.sampling.ModelDefaults;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.tool.ToolCall;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestReaderTest {

    private static dev.tokapu.chat.ChatRequest chat(ChatRequest request) {
        return ((Prompt.Chat) RequestReader.read(request).prompt()).request();
    }

    private static ChatRequest.Builder hello() {
        return ChatRequest.builder().messages(UserMessage.from("Hello"));
    }

    @Test
    void read_messagesOfAllKinds_areTheConversation() {
        ToolExecutionRequest call =
                ToolExecutionRequest.builder().id("a").name("now").arguments("").build();
        dev.tokapu.chat.ChatRequest chat = chat(ChatRequest.builder()
                .messages(
                        SystemMessage.from("Be brief."),
                        UserMessage.from(TextContent.from("What"), TextContent.from("time?")),
                        AiMessage.builder()
                                .text("I look.")
                                .thinking("A clock.")
                                .toolExecutionRequests(List.of(call))
                                .build(),
                        ToolExecutionResultMessage.from(call, "12:00"))
                .build());
        assertThat(chat.messages())
                .containsExactly(
                        ChatMessage.system("Be brief."),
                        ChatMessage.user("What\ntime?"),
                        new ChatMessage(
                                Role.ASSISTANT, "I look.", "A clock.", List.of(new ToolCall("a", "now", "{}")), null),
                        ChatMessage.tool("a", "12:00"));
        assertThat(chat.continueFinalMessage()).isFalse();
    }

    @Test
    void read_customMessage_isNotSupported() {
        ChatRequest request = ChatRequest.builder()
                .messages(CustomMessage.from(Map.of("a", 1)))
                .build();
        assertThatThrownBy(() -> RequestReader.read(request))
                .isExactlyInstanceOf(UnsupportedFeatureException.class)
                .hasMessage(
                        "messages of type CUSTOM are not supported; send system, user, AI and tool result messages");
    }

    @Test
    void read_answerLast_isContinued() {
        assertThat(chat(ChatRequest.builder()
                                .messages(UserMessage.from("Count"), AiMessage.from("one, "))
                                .build())
                        .continueFinalMessage())
                .isTrue();
    }

    @Test
    void read_parametersOfLangChain_areGenerationOptions() {
        GenerationOptions options = RequestReader.read(hello().temperature(0.5)
                        .topP(0.9)
                        .topK(7)
                        .maxOutputTokens(11)
                        .stopSequences(List.of("END"))
                        .build())
                .generation();
        assertThat(options)
                .isEqualTo(GenerationOptions.builder()
                        .samplers(ModelDefaults.builder()
                                .temperature(0.5)
                                .topP(0.9)
                                .topK(7)
                                .build())
                        .maxTokens(11)
                        .stops("END")
                        .build());
    }

    @Test
    void read_penalties_areOfOneSampler() {
        assertThat(RequestReader.read(hello().frequencyPenalty(0.5)
                                .presencePenalty(0.25)
                                .build())
                        .generation()
                        .samplers())
                .containsExactly(ModelDefaults.builder()
                        .frequencyPenalty(0.5)
                        .presencePenalty(0.25)
                        .build());
    }

    @Test
    void read_ownParameters_areWhereTheEngineTakesThem() {
        SchedulingOptions scheduling = SchedulingOptions.defaults().withPriority(3);
        ReasoningOptions reasoning = ReasoningOptions.off();
        ChatRequest request = hello().parameters(TokapuChatRequestParameters.builder()
                        .seed(1)
                        .minP(0.1)
                        .repeatPenalty(1.1)
                        .parallelToolCalls(false)
                        .reasoning(reasoning)
                        .scheduling(scheduling)
                        .speculation(Speculation.ngram())
                        .templateArguments(Map.of("date_string", "today"))
                        .build())
                .build();
        Request read = RequestReader.read(request);
        assertThat(read.generation())
                .isEqualTo(GenerationOptions.builder()
                        .samplers(ModelDefaults.builder()
                                .seed(1)
                                .minP(0.1)
                                .repeatPenalty(1.1)
                                .build())
                        .build());
        assertThat(read.scheduling()).isEqualTo(scheduling);
        assertThat(read.speculation()).isEqualTo(Speculation.ngram());
        assertThat(chat(request).reasoning()).isEqualTo(reasoning);
        assertThat(chat(request).parallelToolCalls()).isFalse();
        assertThat(chat(request).arguments()).containsEntry("date_string", "today");
    }

    @Test
    void overrideWith_valuesOfBoth_laterOnesHold() {
        TokapuChatRequestParameters both = TokapuChatRequestParameters.builder()
                .temperature(0.1)
                .seed(1)
                .build()
                .overrideWith(TokapuChatRequestParameters.builder()
                        .temperature(0.2)
                        .minP(0.3)
                        .build());
        assertThat(both)
                .isEqualTo(TokapuChatRequestParameters.builder()
                        .temperature(0.2)
                        .seed(1)
                        .minP(0.3)
                        .build());
        assertThat(both.defaultedBy(TokapuChatRequestParameters.builder()
                        .seed(5)
                        .repeatPenalty(1.2)
                        .build()))
                .hasToString(TokapuChatRequestParameters.builder()
                        .temperature(0.2)
                        .seed(1)
                        .minP(0.3)
                        .repeatPenalty(1.2)
                        .build()
                        .toString());
    }

    @Test
    void read_toolWithoutPropertiesThatTakesOthers_takesAny() {
        ToolSpecification any = ToolSpecification.builder()
                .name("note")
                .parameters(
                        JsonObjectSchema.builder().additionalProperties(true).build())
                .build();
        assertThat(chat(hello().toolSpecifications(any).build()).tools().get(0).parametersJsonSchema())
                .isEqualTo("{\"type\":\"object\"}");
    }

    @Test
    void read_sameSchemaInAnotherOrder_keepsItsOrder() {
        JsonObjectSchema nameFirst = JsonObjectSchema.builder()
                .addStringProperty("name")
                .addIntegerProperty("age")
                .required("name", "age")
                .build();
        JsonObjectSchema ageFirst = JsonObjectSchema.builder()
                .addIntegerProperty("age")
                .addStringProperty("name")
                .required("name", "age")
                .build();
        assertThat(ageFirst).as("what a cache must not rely on").isEqualTo(nameFirst);
        assertThat(argumentsOf(nameFirst)).contains("\"properties\":{\"name\":");
        assertThat(argumentsOf(ageFirst)).contains("\"properties\":{\"age\":");
        assertThat(grammarOf(nameFirst).gbnf())
                .as("the grammar that is kept")
                .isSameAs(grammarOf(nameFirst).gbnf())
                .isNotEqualTo(grammarOf(ageFirst).gbnf());
    }

    private static String argumentsOf(JsonObjectSchema schema) {
        ToolSpecification tool =
                ToolSpecification.builder().name("put").parameters(schema).build();
        return chat(hello().toolSpecifications(tool).build()).tools().get(0).parametersJsonSchema();
    }

    private static Grammar grammarOf(JsonObjectSchema schema) {
        return Schemas.grammar(ResponseFormat.builder()
                .type(ResponseFormatType.JSON)
                .jsonSchema(JsonSchema.builder().name("put").rootElement(schema).build())
                .build());
    }

    @Test
    void read_tools_haveSchemasThatAllowWhatLangChainMeans() {
        ToolSpecification none = ToolSpecification.builder().name("now").build();
        ToolSpecification map = ToolSpecification.builder()
                .name("ages")
                .description("by name")
                .parameters(JsonObjectSchema.builder()
                        .addProperty("ages", JsonObjectSchema.builder().build())
                        .required("ages")
                        .build())
                .build();
        dev.tokapu.chat.ChatRequest chat = chat(hello().toolSpecifications(none, map)
                .toolChoice(ToolChoice.REQUIRED)
                .build());
        assertThat(chat.toolChoice()).isEqualTo(dev.tokapu.tool.ToolChoice.required());
        assertThat(chat.tools().get(0).parametersJsonSchema()).isEqualTo("{\"type\":\"object\",\"properties\":{}}");
        assertThat(chat.tools().get(1).description()).isEqualTo("by name");
        assertThat(chat.tools().get(1).parametersJsonSchema())
                .isEqualTo(
                        "{\"type\":\"object\",\"properties\":{\"ages\":{\"type\":\"object\"}},\"required\":[\"ages\"]}");
    }
}
