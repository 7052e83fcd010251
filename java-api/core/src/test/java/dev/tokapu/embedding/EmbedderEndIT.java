package dev.tokapu.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.TestModels;
import dev.tokapu.TinyModel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Progress, cancel, interrupt and close of an embedder with a context of its own, and several threads. */
@Timeout(300)
class EmbedderEndIT {

    private static final double SAME = 0.9999;

    @TinyModel
    private static Model model;

    private static Embedder open() {
        ContextOptions context = ContextOptions.builder()
                .threads(1)
                .batchThreads(1)
                .pooling(Pooling.MEAN)
                .build();
        return Embedder.open(model, EmbedderOptions.builder().context(context).build());
    }

    private static List<String> texts(int count, int length) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add("abcdefghijklmnopqrstuvwxyz".repeat(2).substring(i % 26, i % 26 + 1 + i % length));
        }
        return texts;
    }

    @Test
    void progress_isToldToTheEnd_andCancels() {
        List<String> texts = texts(2100, 2); // more than one slice
        try (Embedder embedder = open()) {
            AtomicInteger last = new AtomicInteger();
            List<float[]> vectors = embedder.embed(texts, (done, total) -> {
                assertThat(total).isEqualTo(texts.size());
                assertThat(done).isEqualTo(last.incrementAndGet());
                return true;
            });
            assertThat(last).hasValue(texts.size());
            assertThat(vectors).hasSameSizeAs(texts).doesNotContainNull();
            assertThatThrownBy(() -> embedder.embed(texts, (done, total) -> done < 5))
                    .isInstanceOf(CancellationException.class);
            assertThat(embedder.embed(List.of())).isEmpty();
            assertThat(embedder.embed("the sea")).isNotEmpty();
        }
    }

    @Test
    void interrupt_endsTheCall_andStays() throws Exception {
        List<String> texts = texts(300, 25);
        try (Embedder embedder = open()) {
            AtomicBoolean stayed = new AtomicBoolean();
            FutureTask<List<float[]>> call = TestModels.start("embedding", () -> {
                try {
                    return embedder.embed(texts, (done, total) -> {
                        if (done == 1) {
                            Thread.currentThread().interrupt();
                        }
                        return true;
                    });
                } finally {
                    stayed.set(Thread.currentThread().isInterrupted());
                }
            });
            assertThatThrownBy(call::get).hasCauseInstanceOf(CancellationException.class);
            assertThat(stayed).isTrue();
            assertThat(embedder.embed("the sea")).isNotEmpty();
        }
    }

    @Test
    void embed_fromManyThreads_givesEachItsVectors() throws Exception {
        List<String> texts = texts(20, 25);
        try (Embedder embedder = open()) {
            List<float[]> expected = embedder.embed(texts);
            List<FutureTask<float[]>> calls = new ArrayList<>();
            for (String text : texts) {
                calls.add(TestModels.start("embedding", () -> embedder.embed(text)));
            }
            for (int i = 0; i < texts.size(); i++) {
                assertThat(Similarity.cosine(calls.get(i).get(), expected.get(i)))
                        .isGreaterThan(SAME);
            }
        }
    }

    @Test
    void close_endsCalls() throws Exception {
        Embedder embedder = open();
        List<String> texts = texts(300, 25);
        FutureTask<List<float[]>> call = TestModels.start(
                "embedding",
                () -> embedder.embed(texts, (done, total) -> {
                    if (done == 1) {
                        embedder.close();
                    }
                    return true;
                }));
        assertThatThrownBy(call::get).hasCauseInstanceOf(IllegalStateException.class);
        embedder.close();
        assertThatIllegalStateException().isThrownBy(() -> embedder.embed("sea"));
    }
}
