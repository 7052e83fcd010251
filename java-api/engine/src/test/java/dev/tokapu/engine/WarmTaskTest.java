package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.text.Usage;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

class WarmTaskTest {

    private final CompletableFuture<Usage> first = new CompletableFuture<>();
    private final CompletableFuture<Usage> second = new CompletableFuture<>();

    private CompletableFuture<Usage> together(IntPredicate open) {
        return WarmTask.together(List.of(first, second), open);
    }

    private static Usage cached(int tokens) {
        return new Usage(10, tokens, 0);
    }

    @Test
    void result_isThatOfTheOneThatHadTheLeast() {
        CompletableFuture<Usage> all = together(replica -> true);
        first.complete(cached(3));
        assertThat(all).isNotDone();
        second.complete(cached(2));
        assertThat(all).isCompletedWithValue(cached(2));
    }

    @Test
    void replicaThatFails_doesNotCount() {
        CompletableFuture<Usage> all = together(replica -> replica == 1);
        first.completeExceptionally(new GenerationException("lost", new IllegalStateException()));
        assertThat(all).isNotDone();
        second.complete(cached(2));
        assertThat(all).isCompletedWithValue(cached(2));
    }

    @Test
    void oneThatFailsOnAReplicaThatGoesOn_fails() {
        CompletableFuture<Usage> all = together(replica -> true);
        first.complete(cached(2));
        second.completeExceptionally(new GenerationException("no room", new IllegalStateException()));
        assertThatThrownBy(all::join).hasCauseInstanceOf(GenerationException.class);
    }

    @Test
    void allReplicasFail_fails() {
        CompletableFuture<Usage> all = together(replica -> false);
        first.completeExceptionally(new GenerationException("lost", new IllegalStateException()));
        second.completeExceptionally(new GenerationException("lost", new IllegalStateException()));
        assertThatThrownBy(all::join).hasCauseInstanceOf(GenerationException.class);
    }

    @Test
    void cancel_cancelsAll() {
        together(replica -> true).cancel(false);
        assertThat(first).isCancelled();
        assertThat(second).isCancelled();
    }
}
