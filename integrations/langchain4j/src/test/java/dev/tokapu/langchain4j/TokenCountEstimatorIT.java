package dev.tokapu.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.tokapu.Playbook;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TokenCountEstimatorIT {

    @RegisterExtension
    static final ScriptedEngine SCRIPTED = new ScriptedEngine();

    private static TokapuTokenCountEstimator estimator;

    @BeforeAll
    static void start() {
        estimator = TokapuTokenCountEstimator.of(SCRIPTED.model());
    }

    @AfterAll
    static void close() {
        estimator.close();
    }

    @Test
    void estimateTokenCountInMessages_isThatOfThePrompt() {
        List<ChatMessage> messages = List.of(
                SystemMessage.from("Be brief."),
                UserMessage.from("Hello"),
                AiMessage.from("Hi."),
                UserMessage.from("What is the sea?"));
        ChatModel chat = SCRIPTED.chat(new Playbook().says("sea", "Water.")).build();
        assertThat(estimator.estimateTokenCountInMessages(messages))
                .isEqualTo(chat.chat(messages).tokenUsage().inputTokenCount());
    }

    @Test
    void estimateTokenCountInMessage_isWhatThePromptGrowsBy() {
        List<ChatMessage> one = List.of(UserMessage.from("Hello"), AiMessage.from("Hi."));
        UserMessage more = UserMessage.from("What is the sea?");
        int grown = estimator.estimateTokenCountInMessages(List.of(one.get(0), one.get(1), more))
                - estimator.estimateTokenCountInMessages(one);
        assertThat(estimator.estimateTokenCountInMessage(more)).isEqualTo(grown);
        assertThat(estimator.estimateTokenCountInMessage(one.get(1))).isGreaterThan(1);
    }

    @Test
    void estimateTokenCountInMessage_ofOtherKinds_isAtLeastThatOfItsText() {
        ToolExecutionRequest call = ToolExecutionRequest.builder()
                .id("a")
                .name("now")
                .arguments("{}")
                .build();
        assertThat(estimator.estimateTokenCountInMessage(ToolExecutionResultMessage.from(call, "12:00")))
                .isGreaterThanOrEqualTo(estimator.estimateTokenCountInText("12:00"));
        assertThat(estimator.estimateTokenCountInMessage(SystemMessage.from("Be brief.")))
                .isGreaterThan(estimator.estimateTokenCountInText("Be brief."));
    }

    @Test
    void estimateTokenCountInText_isThatOfTheTokenizer() {
        assertThat(estimator.estimateTokenCountInText("")).isZero();
        assertThat(estimator.estimateTokenCountInText("The sea"))
                .isEqualTo(SCRIPTED.model().vocab().tokenize("The sea").length);
    }
}
