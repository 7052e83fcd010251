package dev.tokapu.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.common.AbstractAiServiceWithJsonSchemaIT;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** LangChain4j's own tests of AI services that answer with Java values. */
@Timeout(300)
class AiServiceWithJsonSchemaIT extends AbstractAiServiceWithJsonSchemaIT {

    @RegisterExtension
    static final ScriptedEngine SCRIPTED = new ScriptedEngine();

    @Override
    protected List<ChatModel> models() {
        return List.of(SCRIPTED.chat(SchemaScript.playbook()).build());
    }

    @Override
    protected boolean supportsRecursion() {
        return true;
    }
}
