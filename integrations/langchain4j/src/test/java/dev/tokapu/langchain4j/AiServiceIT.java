package dev.tokapu.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.output.TokenUsage;
import dev.langchain4j.service.common.AbstractAiServiceIT;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** LangChain4j's own tests of AI services. */
@Timeout(300)
class AiServiceIT extends AbstractAiServiceIT {

    @RegisterExtension
    static final ScriptedEngine SCRIPTED = new ScriptedEngine();

    @Override
    protected List<ChatModel> models() {
        return List.of(SCRIPTED.chat(ServiceScript.playbook()).build());
    }

    @Override
    protected Class<? extends TokenUsage> tokenUsageType(ChatModel model) {
        return TokapuTokenUsage.class;
    }
}
