package dev.tokapu.server;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
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

/** LangChain4j's own tests of a model that streams, which a model of OpenAI's API passes with this server behind it; images are refused here. */
@Timeout(300)
@Tag("ffm")
class LangChainStreamingIT extends AbstractStreamingChatModelIT {

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
    protected List<StreamingChatModel> models() {
        return List.of(fixture.streaming().build());
    }

    @Override
    protected StreamingChatModel createModelWith(ChatRequestParameters parameters) {
        return fixture.streaming(parameters);
    }

    @Override
    public StreamingChatModel createModelWith(ChatModelListener listener) {
        return fixture.streaming().listeners(List.of(listener)).build();
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
    protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(StreamingChatModel model) {
        return OpenAiChatResponseMetadata.class;
    }

    @Override
    protected Class<? extends TokenUsage> tokenUsageType(StreamingChatModel model) {
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

    /** How many parts an answer comes in depends on the speed of model and client: several tokens may come as one. */
    @Override
    protected boolean assertTimesOnPartialResponseWasCalled() {
        return false;
    }

    /** Its test wants more than one part; {@link LangChainChatIT} has it. */
    @Override
    protected boolean supportsToolsAndJsonResponseFormatWithSchema() {
        return false;
    }

    /** Its test wants five parts before the end; {@link ConnectionsIT} has clients that go away. */
    @Override
    protected boolean supportsStreamingCancellation() {
        return false;
    }

    /** No test here: it wants the arguments, two tokens, in one part; {@link LangChainChatIT} has it. */
    @Override
    protected void should_execute_a_tool_without_arguments_then_answer(StreamingChatModel model) {}
}
