package dev.tokapu.langchain4j;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelIT;
import dev.langchain4j.model.chat.common.StreamingMode;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.output.TokenUsage;
import dev.tokapu.Playbook;
import dev.tokapu.testsupport.Thorough;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** LangChain4j's own tests of a chat model that streams, to a handler and as a publisher; images are refused. */
@Timeout(300)
class StreamingChatModelIT extends AbstractStreamingChatModelIT {

    @RegisterExtension
    static final ScriptedEngine SCRIPTED = new ScriptedEngine();

    /** Not faster than it is read: the tests count parts. */
    private static Playbook playbook() {
        return ChatScript.playbook().pace(Duration.ofMillis(20));
    }

    @Override
    protected List<StreamingMode> streamingModes() {
        return List.of(StreamingMode.HANDLER, StreamingMode.PUBLISHER);
    }

    @Override
    protected List<StreamingChatModel> baseModels() {
        return List.of(SCRIPTED.streaming(playbook()).build());
    }

    @Override
    protected StreamingChatModel createModelWith(ChatRequestParameters parameters) {
        return SCRIPTED.streaming(playbook(), parameters);
    }

    @Override
    public StreamingChatModel createModelWith(ChatModelListener listener) {
        return SCRIPTED.streaming(playbook()).listeners(List.of(listener)).build();
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
    protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(StreamingChatModel model) {
        return TokapuChatResponseMetadata.class;
    }

    @Override
    protected Class<? extends TokenUsage> tokenUsageType(StreamingChatModel model) {
        return TokapuTokenUsage.class;
    }

    @Override
    protected boolean assertThreads() {
        return true;
    }

    /** Its test waits for half a minute; {@link TokapuStreamingChatModelIT} cancels with both bindings. */
    @Override
    protected boolean supportsStreamingCancellation() {
        return Thorough.cases(1, 1, 0) > 0;
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
