package dev.tokapu.langchain4j;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.output.TokenUsage;
import dev.langchain4j.service.common.AbstractStreamingAiServiceIT;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** LangChain4j's own tests of AI services that stream. */
@Timeout(300)
class StreamingAiServiceIT extends AbstractStreamingAiServiceIT {

    @RegisterExtension
    static final ScriptedEngine SCRIPTED = new ScriptedEngine();

    @Override
    protected List<StreamingChatModel> models() {
        return List.of(SCRIPTED.streaming(ServiceScript.playbook()).build());
    }

    @Override
    protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(StreamingChatModel model) {
        return TokapuChatResponseMetadata.class;
    }

    @Override
    protected Class<? extends TokenUsage> tokenUsageType(StreamingChatModel model) {
        return TokapuTokenUsage.class;
    }
}
