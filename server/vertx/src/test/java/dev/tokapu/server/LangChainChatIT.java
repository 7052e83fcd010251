package dev.tokapu.server;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelIT;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.output.TokenUsage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** LangChain4j's own tests of a model, which a model of OpenAI's API passes with this server behind it; images are refused here. */
@Timeout(300)
@Tag("ffm")
class LangChainChatIT extends AbstractChatModelIT {

    @TempDir
    static Path folder;

    private static LangChainFixture fixture;

    @BeforeAll
    static void start() {
        fixture = new LangChainFixture(folder);
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    @Override
    protected List<ChatModel> models() {
        return List.of(fixture.model().build());
    }

    @Override
    protected ChatModel createModelWith(ChatRequestParameters parameters) {
        return fixture.model(parameters);
    }

    @Override
    protected ChatRequestParameters createIntegrationSpecificParameters(int maxOutputTokens) {
        return OpenAiChatRequestParameters.builder()
                .maxOutputTokens(maxOutputTokens)
                .build();
    }

    @Override
    protected String customModelName() {
        return LangChainFixture.OTHER_NAME;
    }

    @Override
    protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(ChatModel model) {
        return OpenAiChatResponseMetadata.class;
    }

    @Override
    protected Class<? extends TokenUsage> tokenUsageType(ChatModel model) {
        return OpenAiTokenUsage.class;
    }

    @Override
    protected boolean supportsSingleImageInputAsBase64EncodedString() {
        return false;
    }

    @Override
    protected boolean supportsSingleImageInputAsPublicURL() {
        return false;
    }

    /** It is the server that refuses images, and the client's exception is that of a wrong request. */
    @Override
    protected boolean assertExceptionType() {
        return false;
    }
}
