package dev.tokapu.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builders that come from a service on the class path. */
class BuilderFactoriesTest {

    @TempDir
    private Path folder;

    public static final class Chat implements TokapuChatModelBuilderFactory {

        static final class OwnChat extends TokapuChatModel.Builder {}

        @Override
        public TokapuChatModel.Builder get() {
            return new OwnChat();
        }
    }

    public static final class Streaming implements TokapuStreamingChatModelBuilderFactory {

        static final class OwnStreaming extends TokapuStreamingChatModel.Builder {}

        @Override
        public TokapuStreamingChatModel.Builder get() {
            return new OwnStreaming();
        }
    }

    public static final class Embedding implements TokapuEmbeddingModelBuilderFactory {

        static final class OwnEmbedding extends TokapuEmbeddingModel.Builder {}

        @Override
        public TokapuEmbeddingModel.Builder get() {
            return new OwnEmbedding();
        }
    }

    public static final class Scoring implements TokapuScoringModelBuilderFactory {

        static final class OwnScoring extends TokapuScoringModel.Builder {}

        @Override
        public TokapuScoringModel.Builder get() {
            return new OwnScoring();
        }
    }

    @Test
    void builder_withAService_isTheService() throws IOException {
        assertThat(built(TokapuChatModelBuilderFactory.class, Chat.class, TokapuChatModel::builder))
                .isInstanceOf(Chat.OwnChat.class);
        assertThat(built(
                        TokapuStreamingChatModelBuilderFactory.class,
                        Streaming.class,
                        TokapuStreamingChatModel::builder))
                .isInstanceOf(Streaming.OwnStreaming.class);
        assertThat(built(TokapuEmbeddingModelBuilderFactory.class, Embedding.class, TokapuEmbeddingModel::builder))
                .isInstanceOf(Embedding.OwnEmbedding.class);
        assertThat(built(TokapuScoringModelBuilderFactory.class, Scoring.class, TokapuScoringModel::builder))
                .isInstanceOf(Scoring.OwnScoring.class);
    }

    private Object built(Class<?> service, Class<?> provider, Supplier<?> builder) throws IOException {
        Path file = folder.resolve("META-INF/services/" + service.getName());
        Files.createDirectories(file.getParent());
        Files.writeString(file, provider.getName());
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
            thread.setContextClassLoader(loader);
            return builder.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
