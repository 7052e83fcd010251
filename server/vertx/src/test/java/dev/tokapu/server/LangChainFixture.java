package dev.tokapu.server;

import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.tokapu.Model;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.server.model.ServedModel;
import java.nio.file.Path;
import java.util.List;

/** LangChain4j's client of OpenAI's API, and a server with the same model under two names. */
final class LangChainFixture implements AutoCloseable {

    static final String OTHER_NAME = "other";

    private final Model model;
    private final Engine engine;
    private final Server server;

    LangChainFixture(Path folder) {
        model = CapitalScript.in(folder).load();
        engine = Engine.start(
                model,
                EngineOptions.builder()
                        .context(ServerFixture.context().build())
                        .maxSequences(2)
                        .sequenceContextSize(CapitalScript.MOST_TOKENS)
                        .samplingThreads(1)
                        .build());
        server = Server.start(
                ServerOptions.builder().port(0).build(),
                List.of(
                        new ServedModel(ServerFixture.NAME, List.of(), engine),
                        new ServedModel(OTHER_NAME, List.of(), engine)));
    }

    private String url() {
        return "http://127.0.0.1:" + server.port() + "/v1";
    }

    OpenAiChatModel.OpenAiChatModelBuilder model() {
        return OpenAiChatModel.builder()
                .baseUrl(url())
                .apiKey("none")
                .modelName(ServerFixture.NAME)
                .temperature(0.0)
                .maxRetries(0);
    }

    OpenAiChatModel model(ChatRequestParameters parameters) {
        OpenAiChatModel.OpenAiChatModelBuilder builder = model().defaultRequestParameters(parameters);
        return (parameters.modelName() == null ? builder : builder.modelName(parameters.modelName())).build();
    }

    OpenAiStreamingChatModel.OpenAiStreamingChatModelBuilder streaming() {
        return OpenAiStreamingChatModel.builder()
                .baseUrl(url())
                .apiKey("none")
                .modelName(ServerFixture.NAME)
                .temperature(0.0);
    }

    OpenAiStreamingChatModel streaming(ChatRequestParameters parameters) {
        OpenAiStreamingChatModel.OpenAiStreamingChatModelBuilder builder =
                streaming().defaultRequestParameters(parameters);
        return (parameters.modelName() == null ? builder : builder.modelName(parameters.modelName())).build();
    }

    @Override
    public void close() {
        server.close();
        engine.close();
        model.close();
    }
}
