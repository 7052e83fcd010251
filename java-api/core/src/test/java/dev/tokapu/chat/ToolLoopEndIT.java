package dev.tokapu.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.Model;
import dev.tokapu.ScriptedChat;
import dev.tokapu.TestModels;
import dev.tokapu.exception.ToolLimitException;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.tool.Tool;
import dev.tokapu.tool.ToolCall;
import dev.tokapu.tool.ToolDefinition;
import dev.tokapu.tool.Tools;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tool calls that are too slow, too many, or cancelled. */
class ToolLoopEndIT {

    private static final ToolDefinition ADD = new ToolDefinition(
            "add", "adds", "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}},\"required\":[\"a\"]}");
    private static final ChatMessage QUESTION = ChatMessage.user("What is 3 and 1?");
    private static final String ARGUMENTS = "{\"a\": 3}";
    private static final String CALL = call(ARGUMENTS);

    @TempDir
    Path folder;

    private static String call(String arguments) {
        return "<tool_call>\n{\"name\": \"add\", \"arguments\": " + arguments + "}\n</tool_call>";
    }

    private static ChatMessage called(String text, int times) {
        List<ToolCall> calls = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            calls.add(new ToolCall("id" + i, "add", ARGUMENTS));
        }
        return ChatMessage.assistant(text, calls);
    }

    private ScriptedChat script() {
        return new ScriptedChat(folder, List.of(ADD)).says(CALL, QUESTION);
    }

    private static ChatOptions.Builder options() {
        return ChatOptions.builder()
                .template(ScriptedChat.TEMPLATE)
                .samplers(Sampler.greedy())
                .maxTokens(300)
                .context(TestModels.small().contextSize(2048).build());
    }

    private static Tools tools() {
        return Tools.of(Tool.of(ADD, arguments -> "4"));
    }

    @Test
    void ask_toolBeyondItsTimeout_tellsTheModel() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        Tools slow = Tools.of(waiting(interrupted).withTimeout(Duration.ofMillis(30)));
        try (Model model = script().load();
                ChatSession chat = ChatSession.open(model, options().build())) {
            chat.ask(QUESTION.content(), slow);
            assertThat(chat.history().get(2).role()).isEqualTo(Role.TOOL);
            interrupted.await();
        }
    }

    private static Tool waiting(CountDownLatch interrupted) {
        return Tool.of(ADD, arguments -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return "";
        });
    }

    @Test
    void ask_moreRoundsThanAllowed_isAnExceptionAndTheConversationIsWhole() {
        ScriptedChat script = script().says(CALL, QUESTION, called("", 1), ChatMessage.tool("id0", "4"));
        Tools once = tools().toBuilder().maxRounds(1).build();
        try (Model model = script.load();
                ChatSession chat = ChatSession.open(model, options().build())) {
            assertThatThrownBy(() -> chat.ask(QUESTION.content(), once))
                    .isInstanceOf(ToolLimitException.class)
                    .hasMessageContaining("maxRounds");
            assertThat(chat.history()).hasSize(5);
            assertThat(chat.history().get(4).role()).isEqualTo(Role.TOOL);
            chat.ask("And now?");
        }
    }

    @Test
    void ask_moreCallsThanAllowed_isAnException() {
        Tools none = tools().toBuilder().maxCalls(1).build();
        ScriptedChat script = new ScriptedChat(folder, List.of(ADD)).says(CALL + "\n" + CALL, QUESTION);
        try (Model model = script.load();
                ChatSession chat = ChatSession.open(model, options().build())) {
            assertThatThrownBy(() -> chat.ask(QUESTION.content(), none))
                    .isInstanceOf(ToolLimitException.class)
                    .hasMessageContaining("maxCalls");
        }
    }

    @Test
    void cancel_whileAToolRuns_endsTheLoopWithAWholeConversation() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        Tool tool = Tool.of(ADD, arguments -> {
            running.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return "";
        });
        try (Model model = script().load();
                ChatSession chat = ChatSession.open(model, options().build())) {
            Thread canceller = new Thread(() -> {
                try {
                    running.await();
                } catch (InterruptedException e) {
                    return;
                }
                chat.cancel();
            });
            canceller.start();
            assertThat(chat.ask(QUESTION.content(), Tools.of(tool))).isEmpty();
            canceller.join();
            interrupted.await();
            assertThat(chat.history()).hasSize(3);
            assertThat(chat.history().get(2).content()).contains("cancelled");
            chat.ask("And now?");
        }
    }

    @Test
    void interrupt_whileAToolRuns_endsTheLoopAndStaysSet() {
        Thread asking = Thread.currentThread();
        Tools interrupting = Tools.of(Tool.of(ADD, arguments -> {
            asking.interrupt();
            new CountDownLatch(1).await();
            return "";
        }));
        try (Model model = script().load();
                ChatSession chat = ChatSession.open(model, options().build())) {
            assertThat(chat.ask(QUESTION.content(), interrupting)).isEmpty();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(chat.history()).hasSize(3);
        }
    }
}
