package dev.tokapu.server;

import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.EngineOptions;
import dev.tokapu.server.model.ServedModel;
import java.nio.file.Path;
import java.util.List;

/** A server of a model for answers, {@code test}, and one for embeddings, {@code vectors}. */
final class TwoModels implements AutoCloseable {

    private final Engine answers;
    private final Engine vectors;
    private final Server server;

    /**
     * @param contextSize the context of an answer, 0 for the model's
     * @param files where files and batches are
     */
    TwoModels(Model answering, Model embedding, int contextSize, Path files) {
        answers = Engine.start(
                answering,
                EngineOptions.builder()
                        .context(ServerFixture.context().build())
                        .maxSequences(2)
                        .sequenceContextSize(contextSize)
                        .samplingThreads(1)
                        .build());
        vectors = Engine.start(
                embedding,
                EngineOptions.builder()
                        .context(ServerFixture.context()
                                .embeddings(true)
                                .pooling(Pooling.MEAN)
                                .build())
                        .maxSequences(4)
                        .sequenceContextSize(64)
                        .build());
        server = Server.start(
                ServerOptions.builder().port(0).files(files).build(),
                List.of(
                        new ServedModel(ServerFixture.NAME, List.of("alias"), answers),
                        new ServedModel("vectors", List.of(), vectors)));
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.port() + path;
    }

    @Override
    public void close() {
        server.close();
        vectors.close();
        answers.close();
    }
}
