package dev.tokapu.spring.ai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Playbook;
import dev.tokapu.ScriptedChat;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.engine.Generation;
import dev.tokapu.engine.RequestRejectedException;
import dev.tokapu.engine.RequestTimings;
import dev.tokapu.engine.SchedulingOptions;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.text.Usage;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.SystemMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.content.Media;
import org.springframework.ai.retry.NonTransientAiException;
import org.springframework.ai.retry.TransientAiException;
import org.springframework.util.MimeTypeUtils;

@Timeout(300)
class TokapuChatModelIT {

    private static final String LONG = "word ".repeat(200);

    /** ChatML with thoughts; as many waiting answers as it takes to fill the queue. */
    @RegisterExtension
    static final ScriptedEngine SCRIPTED = new ScriptedEngine(EngineOptions.builder()
            .chatTemplate(ScriptedChat.TEMPLATE)
            .queueCapacity(1)
            .build());

    private static Playbook slow() {
        return new Playbook().says("Go on", LONG).pace(Duration.ofMillis(10));
    }

    @Test
    void call_text_hasMetadata() {
        ChatResponse response =
                SCRIPTED.chat(new Playbook().says("Hello", "Good morning.")).call(new Prompt("Hello"));
        assertThat(response.getResult().getOutput().getText()).isEqualTo("Good morning.");
        assertThat(response.getResult().getMetadata().getFinishReason()).isEqualTo("STOP");
        assertThat(response.getMetadata().getId()).isNotEmpty();
        assertThat(response.getMetadata().getModel()).isEqualTo(ScriptedEngine.NAME);
        assertThat(response.getMetadata()
                        .<RequestTimings>get(TokapuChatModel.TIMINGS)
                        .total())
                .isPositive();
    }

    @Test
    void call_sameAgain_usageHasCachedTokens() {
        TokapuChatModel chat = SCRIPTED.chat(new Playbook().says("twice", "Yes."));
        Prompt prompt = new Prompt(LONG + "Is this asked twice?");
        chat.call(prompt);
        var usage = chat.call(prompt).getMetadata().getUsage();
        assertThat(usage.getCacheReadInputTokens()).isPositive();
        assertThat(usage.getTotalTokens()).isEqualTo(usage.getPromptTokens() + usage.getCompletionTokens());
        assertThat(usage.getNativeUsage()).isInstanceOf(Usage.class);
    }

    @Test
    void call_modelThinks_thoughtIsMetadataAndGoesBack() {
        TokapuChatModel chat = SCRIPTED.chat(
                new Playbook().says("legs", "<think>Two and six.</think>Eight.").says("sure", "Yes."));
        AssistantMessage answer =
                chat.call(new Prompt("How many legs?")).getResult().getOutput();
        assertThat(answer.getText()).isEqualTo("Eight.");
        assertThat(answer.getMetadata())
                .containsEntry(TokapuChatModel.THINKING, "Two and six.")
                .containsEntry(TokapuChatModel.THOUGHTS, "Two and six.");
        assertThat(MessageReader.read(List.of(answer)).get(0).reasoning()).isEqualTo("Two and six.");
        assertThat(chat.call(new Prompt(List.of(new UserMessage("How many legs?"), answer, new UserMessage("sure"))))
                        .getResult()
                        .getOutput()
                        .getText())
                .isEqualTo("Yes.");
    }

    @Test
    void call_cutOff_isLength() {
        TokapuChatModel chat = SCRIPTED.chat(new Playbook().says("Go on", LONG));
        ChatResponse response = chat.call(
                new Prompt("Go on", chat.getOptions().mutate().maxTokens(3).build()));
        assertThat(response.getResult().getMetadata().getFinishReason()).isEqualTo("LENGTH");
        assertThat(response.getMetadata().getUsage().getCompletionTokens()).isEqualTo(3);
    }

    @Test
    void call_optionsOfOthers_areTakenAsTheyAre() {
        ChatResponse response = SCRIPTED.chat(new Playbook())
                .call(new Prompt("Hi", ChatOptions.builder().maxTokens(2).build()));
        assertThat(response.getMetadata().getUsage().getCompletionTokens()).isLessThanOrEqualTo(2);
    }

    @Test
    void call_lastMessageIsAnAnswer_goesOnInIt() {
        ChatResponse response = SCRIPTED.chat(new Playbook().says("Count", "three"))
                .call(new Prompt(List.of(
                        new SystemMessage("Be short"), new UserMessage("Count"), new AssistantMessage("one, two, "))));
        assertThat(response.getResult().getOutput().getText()).isEqualTo("three");
    }

    @Test
    void call_answerLeavesItsSchema_fails() {
        TokapuChatModel chat = SCRIPTED.chat(new Playbook().says("As JSON", "No."));
        TokapuChatOptions json =
                chat.getOptions().mutate().outputSchema("{\"type\":\"object\"}").build();
        assertThatThrownBy(() -> chat.call(new Prompt("As JSON", json)))
                .isExactlyInstanceOf(TransientAiException.class)
                .hasMessageContaining("is forbidden there");
    }

    @Test
    void call_schemaIsBroken_isToldOnce() {
        TokapuChatModel chat = SCRIPTED.chat(new Playbook());
        TokapuChatOptions broken =
                chat.getOptions().mutate().outputSchema("{\"type\":").build();
        assertThatThrownBy(() -> chat.call(new Prompt("As JSON", broken)))
                .isInstanceOfAny(NonTransientAiException.class, IllegalArgumentException.class);
    }

    @Test
    void call_promptTooLong_isNotTriedAgain() {
        assertThatThrownBy(() -> SCRIPTED.chat(new Playbook()).call(new Prompt("word ".repeat(3000))))
                .isExactlyInstanceOf(NonTransientAiException.class)
                .hasCauseExactlyInstanceOf(ContextOverflowException.class);
    }

    @Test
    void call_imageInAMessage_isNotSupported() {
        UserMessage message = UserMessage.builder()
                .text("What is this?")
                .media(Media.builder()
                        .mimeType(MimeTypeUtils.IMAGE_PNG)
                        .data(URI.create("http://127.0.0.1"))
                        .build())
                .build();
        assertThatThrownBy(() -> SCRIPTED.chat(new Playbook()).call(new Prompt(message)))
                .isExactlyInstanceOf(UnsupportedOperationException.class)
                .hasMessage("a message has 1 images or other media; send text alone");
    }

    @Test
    void call_unknownModel_isRefused() {
        Prompt prompt = new Prompt("Hi", ChatOptions.builder().model("nobody").build());
        assertThatThrownBy(() -> SCRIPTED.chat(new Playbook()).call(prompt))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("there is no model 'nobody'; there is 'Hollow'");
    }

    @Test
    void call_deadlinePasses_mayBeTriedAgain() {
        TokapuChatModel chat = SCRIPTED.chat(slow());
        TokapuChatOptions hurried = chat.getOptions()
                .mutate()
                .scheduling(SchedulingOptions.defaults().withDeadline(Duration.ofMillis(50)))
                .build();
        assertThatThrownBy(() -> chat.call(new Prompt("Go on", hurried)))
                .isExactlyInstanceOf(TransientAiException.class)
                .hasMessageStartingWith("the answer was not complete within PT0.05S");
    }

    @Test
    void call_queueIsFull_mayBeTriedAgain() {
        List<Generation> running = new ArrayList<>();
        TokapuChatModel chat = SCRIPTED.chat(slow());
        for (int i = 0; i < 3; i++) { // two are generated, one waits
            running.add(SCRIPTED.engine()
                    .submit(RequestReader.read(List.of(new UserMessage("Go on")), chat.getOptions(), List.of())));
        }
        assertThatThrownBy(() -> chat.call(new Prompt("Go on")))
                .isExactlyInstanceOf(TransientAiException.class)
                .hasCauseExactlyInstanceOf(RequestRejectedException.class);
        running.forEach(Generation::cancel);
        SCRIPTED.awaitIdle();
    }

    @Test
    void call_threadIsInterrupted_answerIsCancelled() throws InterruptedException {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread asking = new Thread(() -> {
            try {
                SCRIPTED.chat(slow()).call(new Prompt("Go on"));
                thrown.complete(null);
            } catch (RuntimeException e) {
                thrown.complete(Thread.currentThread().isInterrupted() ? e : null);
            }
        });
        asking.start();
        asking.interrupt();
        asking.join();
        assertThat(thrown.join())
                .isExactlyInstanceOf(NonTransientAiException.class)
                .hasMessage("the thread was interrupted, and the answer was cancelled");
        SCRIPTED.awaitIdle();
    }

    @Test
    void call_engineIsClosed_saysSo() {
        ChatModel chat;
        try (Engine engine = Engine.start(SCRIPTED.model(), SCRIPTED.engine().options())) {
            chat = TokapuChatModel.builder().engine(engine).build();
        }
        assertThatThrownBy(() -> chat.call(new Prompt("Hi"))).isExactlyInstanceOf(IllegalStateException.class);
    }

    @Test
    void build_withoutEngine_saysWhatIsMissing() {
        assertThatThrownBy(() -> TokapuChatModel.builder().build())
                .hasMessage("engine is not set; set what computes the answers");
    }

    @Test
    void read_toolResponses_areAMessageEach() {
        ToolResponseMessage results = ToolResponseMessage.builder()
                .responses(List.of(
                        new ToolResponseMessage.ToolResponse("1", "weather", "sunny"),
                        new ToolResponseMessage.ToolResponse("2", "time", "noon")))
                .build();
        assertThat(MessageReader.read(List.of(results)))
                .extracting(dev.tokapu.chat.ChatMessage::content)
                .containsExactly("sunny", "noon");
    }
}
