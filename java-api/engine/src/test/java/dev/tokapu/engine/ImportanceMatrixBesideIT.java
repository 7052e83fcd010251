package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.ContextOptions;
import dev.tokapu.LoadProgress;
import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.quantize.ImportanceMatrix;
import dev.tokapu.testsupport.Corpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A matrix is collected from a model that an engine serves at the same time. */
@Timeout(300)
class ImportanceMatrixBesideIT {

    private static final ContextOptions ONE_THREAD =
            ContextOptions.builder().threads(1).batchThreads(1).build();

    @TinyModel
    private static Model model;

    @TempDir
    Path folder;

    private byte[] collect(LoadProgress progress) throws IOException {
        Path file = folder.resolve("matrix.gguf");
        ImportanceMatrix.collect(model, Corpus.prose(), "prose", 64, ONE_THREAD, progress)
                .write(file);
        return Files.readAllBytes(file);
    }

    @Test
    void collect_besideAnswers_hasNothingOfThem() throws Exception {
        byte[] alone = collect(progress -> true);
        try (Engine engine =
                Engine.start(model, EngineFixture.options().maxSequences(3).build())) {
            Request request = EngineFixture.greedy(5, 6, 7).maxTokens(20).build();
            String answer = engine.submit(request).text();
            Generation meanwhile = engine.submit(EngineFixture.endless(8, 9).build());
            byte[] beside = collect(progress -> {
                assertThat(engine.submit(request).text()).isEqualTo(answer);
                return true;
            });
            assertThat(beside).isEqualTo(alone);
            meanwhile.cancel();
        }
    }
}
