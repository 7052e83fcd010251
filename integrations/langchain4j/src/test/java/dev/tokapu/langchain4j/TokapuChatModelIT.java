package dev.tokapu.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.tokapu.Playbook;
import dev.tokapu.ScriptedChat;
import dev.tokapu.TestModels;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.RequestRejectedException;
import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.exception.SamplerException;
import dev.tokapu.source.ModelSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What LangChain4j's own tests do not ask. */
@Timeout(300)
class TokapuChatModelIT {

    private static final String LONG = "word ".repeat(200);

    /** ChatML with thoughts; as many waiting answers as it takes to fill the queue. */
    @RegisterExtension
    static final ScriptedEngine SCRIPTED = new ScriptedEngine(EngineOptions.builder()
            .chatTemplate(ScriptedChat.TEMPLATE)
            .queueCapacity(1)
            .build());

    private static TokapuChatModel chat(Playbook playbook) {
        return SCRIPTED.chat(playbook).build();
    }

    private static Playbook slow() {
        return new Playbook().says("Go on", LONG).pace(Duration.ofMillis(10));
    }

    @Test
    void chat_modelThinks_thoughtIsApartAndCounted() {
        ChatResponse response = chat(new Playbook().says("legs", "<think>Two and six.</think>Eight."))
                .chat(ChatRequest.builder()
                        .messages(UserMessage.from("How many legs?"))
                        .build());
        assertThat(response.aiMessage().thinking()).isEqualTo("Two and six.");
        assertThat(response.aiMessage().text()).isEqualTo("Eight.");
        assertThat(((TokapuTokenUsage) response.tokenUsage()).reasoningTokenCount())
                .isPositive()
                .isLessThan(response.tokenUsage().outputTokenCount());
    }

    @Test
    void chat_sameRequestAgain_countsCachedTokensAndTimes() {
        ChatModel chat = chat(new Playbook().says("twice", "Yes."));
        UserMessage message = UserMessage.from(LONG + "Is this asked twice?");
        chat.chat(message);
        ChatResponse response = chat.chat(message);
        TokapuChatResponseMetadata metadata = (TokapuChatResponseMetadata) response.metadata();
        assertThat(metadata.tokenUsage().cachedTokenCount()).isPositive();
        assertThat(metadata.timings().total()).isPositive();
    }

    @Test
    void chat_lastMessageIsAnAnswer_goesOnInIt() {
        ChatResponse response = chat(new Playbook().says("Count", "three"))
                .chat(UserMessage.from("Count"), AiMessage.from("one, two, "));
        assertThat(response.aiMessage().text()).isEqualTo("three");
    }

    @Test
    void chat_answerLeavesItsSchema_fails() {
        ChatRequest request = ChatRequest.builder()
                .messages(UserMessage.from("As JSON"))
                .responseFormat(ResponseFormat.JSON)
                .build();
        assertThatThrownBy(() -> chat(new Playbook().says("As JSON", "No.")).chat(request))
                .isExactlyInstanceOf(InternalServerException.class)
                .hasRootCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is forbidden there");
    }

    @Test
    void chat_toolTakesAnyArguments_getsThem() {
        ToolSpecification any = ToolSpecification.builder()
                .name("note")
                .parameters(
                        JsonObjectSchema.builder().additionalProperties(true).build())
                .build();
        ChatResponse response = chat(new Playbook().says("Note", Playbook.call("note", "{\"rain\": [1, 2]}")))
                .chat(ChatRequest.builder()
                        .messages(UserMessage.from("Note"))
                        .toolSpecifications(any)
                        .build());
        assertThat(response.aiMessage().toolExecutionRequests())
                .singleElement()
                .returns("{\"rain\": [1, 2]}", ToolExecutionRequest::arguments);
    }

    @Test
    void chat_promptTooLong_isAnInvalidRequest() {
        assertThatThrownBy(() -> chat(new Playbook()).chat("word ".repeat(3000)))
                .isExactlyInstanceOf(InvalidRequestException.class)
                .hasCauseExactlyInstanceOf(ContextOverflowException.class);
    }

    @Test
    void chat_imageInAMessage_isNotSupported() {
        UserMessage message =
                UserMessage.from(TextContent.from("What is this?"), ImageContent.from("http://127.0.0.1"));
        assertThatThrownBy(() -> chat(new Playbook()).chat(message))
                .isExactlyInstanceOf(UnsupportedFeatureException.class)
                .hasMessage("non-text content (image) is not supported; send text alone");
    }

    @Test
    void chat_unknownModel_isNotFound() {
        ChatRequest request = ChatRequest.builder()
                .messages(UserMessage.from("Hi"))
                .modelName("nobody")
                .build();
        assertThatThrownBy(() -> chat(new Playbook()).chat(request))
                .isExactlyInstanceOf(ModelNotFoundException.class)
                .hasMessage("there is no model 'nobody'; there are [hollow, other]");
    }

    @Test
    void chat_deadlinePasses_isATimeout() {
        ChatRequestParameters hurried = TokapuChatRequestParameters.builder()
                .scheduling(SchedulingOptions.defaults().withDeadline(Duration.ofMillis(50)))
                .build();
        assertThatThrownBy(() -> SCRIPTED.chat(slow(), hurried).chat("Go on"))
                .isExactlyInstanceOf(TimeoutException.class)
                .hasMessageStartingWith("the answer was not complete within PT0.05S");
    }

    @Test
    void chat_queueIsFull_isARateLimitThatTellsWhenToTryAgain() {
        ChatModel chat = chat(slow());
        List<CompletableFuture<ChatResponse>> running = new ArrayList<>();
        for (int i = 0; i < 3; i++) { // two are generated, one waits
            running.add(chat.chatAsync(UserMessage.from("Go on")));
        }
        assertThatThrownBy(() -> chat.chat("Go on"))
                .isExactlyInstanceOf(RateLimitException.class)
                .hasCauseExactlyInstanceOf(RequestRejectedException.class);
        running.forEach(future -> future.cancel(false));
        awaitIdle();
    }

    @Test
    void chat_threadIsInterrupted_answerIsCancelled() throws InterruptedException {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread asking = new Thread(() -> {
            try {
                chat(slow()).chat("Go on");
                thrown.complete(null);
            } catch (RuntimeException e) {
                thrown.complete(Thread.currentThread().isInterrupted() ? e : null);
            }
        });
        asking.start();
        asking.interrupt();
        asking.join();
        assertThat(thrown.join()).isExactlyInstanceOf(LangChain4jException.class);
        awaitIdle();
    }

    @Test
    void chatAsync_futureIsCancelled_answerIsCancelled() {
        long before = SCRIPTED.engine().snapshot().cancelled();
        CompletableFuture<Void> cancelled = LongAnswer.gate();
        CompletableFuture<ChatResponse> future = SCRIPTED.chat(
                        new Playbook(), LongAnswer.gated(SCRIPTED, cancelled).defaultRequestParameters())
                .chatAsync(UserMessage.from(LongAnswer.PROMPT));
        future.cancel(true);
        cancelled.complete(null);
        LongAnswer.await(() -> SCRIPTED.engine().snapshot().cancelled() > before);
        awaitIdle();
    }

    private static void awaitIdle() {
        while (SCRIPTED.engine().snapshot().running() > 0
                || SCRIPTED.engine().snapshot().waiting() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void chat_engineIsClosed_isNotTriedAgain() {
        ChatModel chat;
        try (Engine engine = Engine.start(SCRIPTED.model(), SCRIPTED.engine().options())) {
            chat = TokapuChatModel.builder().engine(engine).build();
        }
        assertThatThrownBy(() -> chat.chat("Hi"))
                .isExactlyInstanceOf(NonRetriableException.class)
                .hasCauseExactlyInstanceOf(IllegalStateException.class);
    }

    @Test
    void chat_cutOff_isLength() {
        ChatResponse response = SCRIPTED.chat(
                        new Playbook().says("Go on", LONG),
                        ChatRequestParameters.builder().maxOutputTokens(3).build())
                .chat(UserMessage.from("Go on"));
        assertThat(response.finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void close_ofItsOwnEngine_leavesTheModelOpen() {
        TokapuChatModel chat = TokapuChatModel.builder()
                .model(SCRIPTED.model())
                .engineOptions(SCRIPTED.engine().options())
                .modelName("mine")
                .build();
        assertThat(chat.defaultRequestParameters().modelName()).isEqualTo("mine");
        chat.close();
        chat.close();
        assertThat(SCRIPTED.model().isClosed()).isFalse();
        assertThatThrownBy(() -> chat.chat("Hi")).isExactlyInstanceOf(NonRetriableException.class);
    }

    @Test
    void close_ofAModelThatItLoaded_freesAll() {
        long before = TestModels.settledHandles();
        try (TokapuChatModel chat = TokapuChatModel.builder()
                .modelSource(ModelSource.file(TestModels.tinyFile()))
                .engineOptions(EngineOptions.builder()
                        .context(TestModels.small().build())
                        .maxSequences(1)
                        .sequenceContextSize(128)
                        .build())
                .maxOutputTokens(3)
                .build()) {
            ChatResponse response = chat.chat(UserMessage.from("Hi"));
            assertThat(response.modelName()).isEqualTo("Tiny Random");
        }
        assertThat(TestModels.settledHandles()).isLessThanOrEqualTo(before);
    }

    @Test
    void close_ofAnEngineThatWasGiven_leavesItOpen() {
        chat(new Playbook()).close();
        assertThat(SCRIPTED.engine().isOpen()).isTrue();
    }

    @Test
    void build_nameThatTheCatalogLacks_isNotFound() {
        assertThatThrownBy(
                        () -> SCRIPTED.chat(new Playbook()).modelName("nobody").build())
                .isExactlyInstanceOf(ModelNotFoundException.class);
    }

    @Test
    void build_nothingOrTwoToComputeWith_isRefused() {
        assertThatThrownBy(() -> TokapuChatModel.builder().build())
                .hasMessage("0 of engine, catalog, model and modelSource are set; set one of them");
        assertThatThrownBy(() -> TokapuChatModel.builder()
                        .engine(SCRIPTED.engine())
                        .model(SCRIPTED.model())
                        .build())
                .hasMessage("2 of engine, catalog, model and modelSource are set; set one of them");
    }

    @Test
    void sampler_says_whatThePlaybookHas_orFailsWithIt() {
        assertThatThrownBy(() -> chat(new Playbook()).chat("Hello?"))
                .hasMessageContaining("the playbook has no answer to 'Hello?'")
                .cause()
                .hasCauseInstanceOf(SamplerException.class);
    }
}
