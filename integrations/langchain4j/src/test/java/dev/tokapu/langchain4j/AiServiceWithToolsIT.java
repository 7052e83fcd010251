package dev.tokapu.langchain4j;

import dev.langchain4j.data.image.Image;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.common.AbstractAiServiceWithToolsIT;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** LangChain4j's own tests of AI services with tools; images of tools are refused. */
@Timeout(300)
class AiServiceWithToolsIT extends AbstractAiServiceWithToolsIT {

    @RegisterExtension
    static final ScriptedEngine SCRIPTED = new ScriptedEngine();

    @Override
    protected List<ChatModel> models() {
        return List.of(SCRIPTED.chat(ServiceScript.playbook()).build());
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
