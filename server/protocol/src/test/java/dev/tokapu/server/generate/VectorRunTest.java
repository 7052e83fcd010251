package dev.tokapu.server.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tokapu.engine.RequestRejectedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VectorRunTest {

    private static final List<Integer> TEN = IntStream.range(0, 10).boxed().toList();

    private final List<CompletableFuture<Integer>> engine = new ArrayList<>();
    private final List<String> scopes = new ArrayList<>();
    private int room = Integer.MAX_VALUE;
    private String scope = "";

    private CompletableFuture<Integer> submit(int request) {
        if (engine.stream().filter(one -> !one.isDone()).count() >= room) {
            throw new RequestRejectedException("full", Duration.ofSeconds(1));
        }
        engine.add(new CompletableFuture<>());
        scopes.add(scope);
        return engine.get(request);
    }

    private void within(Runnable task) {
        scope = "call";
        task.run();
        scope = "";
    }

    private VectorRun<Integer, Integer> run(int most) {
        return new VectorRun<>(TEN, this::submit, most, this::within);
    }

    @Test
    void requests_areWithTheEngineAFewAtATime_andTheirResultsInOrder() {
        VectorRun<Integer, Integer> run = run(3);
        run.start();
        assertThat(engine).hasSize(3);
        engine.get(2).complete(2);
        assertThat(engine).hasSize(4);
        for (int i = 0; i < 10; i++) {
            engine.get(i).complete(i);
        }
        assertThat(run.vectors()).isCompletedWithValue(TEN);
    }

    @Test
    void requests_thatOthersMakeRoomFor_areSubmittedInTheScopeOfTheCall() {
        VectorRun<Integer, Integer> run = run(3);
        within(run::start);
        for (int i = 0; i < 10; i++) {
            engine.get(i).complete(i);
        }
        assertThat(scopes).hasSize(10).containsOnly("call");
    }

    @Test
    void resultsThatAreThereAtOnce_takeNoStackForEach() {
        List<Integer> many = IntStream.range(0, 100_000).boxed().toList();
        VectorRun<Integer, Integer> run = new VectorRun<>(many, CompletableFuture::completedFuture, 3, Runnable::run);
        run.start();
        assertThat(run.vectors()).isCompletedWithValue(many);
    }

    @Test
    void fullQueue_isNoFailureWhileSomeOfThemAreInIt() {
        room = 2;
        VectorRun<Integer, Integer> run = run(5);
        run.start();
        for (int i = 0; i < 10; i++) {
            engine.get(i).complete(i);
        }
        assertThat(run.vectors()).isCompletedWithValue(TEN);
    }

    @Test
    void fullQueue_refusesTheFirst() {
        room = 0;
        assertThatThrownBy(() -> run(5).start()).isInstanceOf(RequestRejectedException.class);
    }

    @Test
    void fullQueue_whenNoneOfThemIsInIt_endsTheRun() {
        room = 1;
        VectorRun<Integer, Integer> run = run(5);
        run.start();
        room = 0;
        engine.get(0).complete(0);
        assertThatThrownBy(run.vectors()::join).hasCauseInstanceOf(RequestRejectedException.class);
    }

    @Test
    void failure_endsTheOthers() {
        VectorRun<Integer, Integer> run = run(3);
        run.start();
        engine.get(1).completeExceptionally(new IllegalStateException("broken"));
        assertThatThrownBy(run.vectors()::join)
                .isInstanceOf(CompletionException.class)
                .hasRootCauseMessage("broken");
        assertThat(engine).hasSize(3);
        assertThat(engine.get(0)).isCancelled();
        assertThat(engine.get(2)).isCancelled();
    }

    @Test
    void cancel_endsAll() {
        VectorRun<Integer, Integer> run = run(3);
        run.start();
        engine.get(0).complete(0);
        run.cancel();
        assertThat(engine).hasSize(4);
        assertThat(engine.subList(1, 4)).allSatisfy(one -> assertThat(one).isCancelled());
        assertThat(run.vectors()).isCompletedExceptionally();
    }
}
