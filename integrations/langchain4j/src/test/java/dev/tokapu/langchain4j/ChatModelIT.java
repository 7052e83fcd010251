package dev.tokapu.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelIT;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.output.TokenUsage;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** LangChain4j's own tests of a chat model; images are refused. */
@Timeout(300)
class ChatModelIT extends AbstractChatModelIT {

    @RegisterExtension
    static final ScriptedEngine SCRIPTED = new ScriptedEngine();

    @Override
    protected List<ChatModel> models() {
        return List.of(SCRIPTED.chat(ChatScript.playbook()).build());
    }

    @Override
    protected ChatModel createModelWith(ChatRequestParameters parameters) {
        return SCRIPTED.chat(ChatScript.playbook(), parameters);
    }

    @Override
    protected ChatRequestParameters createIntegrationSpecificParameters(int maxOutputTokens) {
        return TokapuChatRequestParameters.builder()
                .maxOutputTokens(maxOutputTokens)
                .build();
    }

    @Override
    protected String customModelName() {
        return ScriptedEngine.OTHER_NAME;
    }

    @Override
    protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(ChatModel model) {
        return TokapuChatResponseMetadata.class;
    }

    @Override
    protected Class<? extends TokenUsage> tokenUsageType(ChatModel model) {
        return TokapuTokenUsage.class;
    }

    @Override
    protected boolean supportsChatAsync() {
        return true;
    }

    @Override
    protected boolean supportsSingleImageInputAsBase64EncodedString() {
        return false;
    }

    @Override
    protected boolean supportsSingleImageInputAsPublicURL() {
        return false;
    }
}
