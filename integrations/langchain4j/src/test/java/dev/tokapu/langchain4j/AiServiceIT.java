package dev.tokapu.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.output.TokenUsage;
import dev.langchain4j.service.common.AbstractAiServiceIT;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/** LangChain4j's own tests of AI services. */
@Timeout(300)
class AiServiceIT extends AbstractAiServiceIT {

    private static ScriptedEngine scripted;

    @BeforeAll
    static void start() {
        scripted = new ScriptedEngine();
    }

    @AfterAll
    static void close() {
        scripted.close();
    }

    @Override
    protected List<ChatModel> models() {
        return List.of(scripted.chat(ServiceScript.playbook()).build());
    }

    @Override
    protected Class<? extends TokenUsage> tokenUsageType(ChatModel model) {
        return TokapuTokenUsage.class;
    }
}
