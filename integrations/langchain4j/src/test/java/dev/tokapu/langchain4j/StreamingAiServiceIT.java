package dev.tokapu.langchain4j;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.output.TokenUsage;
import dev.langchain4j.service.common.AbstractStreamingAiServiceIT;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/** LangChain4j's own tests of AI services that stream. */
@Timeout(300)
class StreamingAiServiceIT extends AbstractStreamingAiServiceIT {

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
    protected List<StreamingChatModel> models() {
        return List.of(scripted.streaming(ServiceScript.playbook()).build());
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
