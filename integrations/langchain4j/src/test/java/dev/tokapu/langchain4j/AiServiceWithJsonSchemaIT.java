package dev.tokapu.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.common.AbstractAiServiceWithJsonSchemaIT;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/** LangChain4j's own tests of AI services that answer with Java values. */
@Timeout(300)
class AiServiceWithJsonSchemaIT extends AbstractAiServiceWithJsonSchemaIT {

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
        return List.of(scripted.chat(SchemaScript.playbook()).build());
    }

    @Override
    protected boolean supportsRecursion() {
        return true;
    }
}
