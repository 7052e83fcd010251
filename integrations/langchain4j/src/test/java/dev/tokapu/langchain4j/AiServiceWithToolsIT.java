package dev.tokapu.langchain4j;

import dev.langchain4j.data.image.Image;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.common.AbstractAiServiceWithToolsIT;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/** LangChain4j's own tests of AI services with tools; images of tools are refused. */
@Timeout(300)
class AiServiceWithToolsIT extends AbstractAiServiceWithToolsIT {

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

    /** Not from the network. */
    @Override
    protected Image catImage() {
        return Image.builder().base64Data("AAAA").mimeType("image/png").build();
    }

    @Override
    protected boolean supportsRecursion() {
        return true;
    }

    @Override
    protected boolean verifyModelInteractions() {
        return true;
    }
}
