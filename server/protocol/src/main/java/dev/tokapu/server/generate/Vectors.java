package dev.tokapu.server.generate;

import dev.tokapu.engine.EmbedRequest;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.FinishedRequest.Operation;
import dev.tokapu.internal.util.TextsAhead;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import dev.tokapu.server.problem.Problems;
import dev.tokapu.text.Usage;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The vectors of a call's texts. A client that goes away ends what is not computed yet.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class Vectors {

    private Vectors() {}

    /**
     * Has vectors computed. What goes wrong is told to the call.
     *
     * @param call whose they are
     * @param parameter the parameter that the texts came from
     * @param engine the engine
     * @param requests a request for each text
     * @param executor what writes them, so that the engine's thread does not
     * @param answer takes all of them, in order
     * @throws ProblemException when a request is refused
     */
    public static void compute(
            Call call,
            String parameter,
            Engine engine,
            List<EmbedRequest> requests,
            Executor executor,
            Consumer<List<float[]>> answer) {
        call.work().begins(Operation.EMBEDDINGS.tag());
        compute(call, parameter, engine, requests, engine::embed, executor, answer);
    }

    /**
     * The same for vectors of another kind, or other numbers.
     *
     * @param call whose they are
     * @param parameter the parameter that the texts came from
     * @param engine the engine
     * @param requests a request for each text, any number: a few steps' worth is in the engine at a time
     * @param submit has one of them computed
     * @param executor what writes them, so that the engine's thread does not
     * @param answer takes all of them, in order
     * @param <T> what is asked for
     * @param <R> what a request gives
     * @throws ProblemException when a request is refused
     */
    public static <T, R> void compute(
            Call call,
            String parameter,
            Engine engine,
            List<T> requests,
            Function<T, CompletableFuture<R>> submit,
            Executor executor,
            Consumer<List<R>> answer) {
        int most = TextsAhead.of(engine.options().maxSequences());
        VectorRun<T, R> run = new VectorRun<>(
                requests, request -> Problems.checked(parameter, () -> submit.apply(request)), most, call::run);
        try {
            run.start();
        } catch (RuntimeException e) {
            run.cancel();
            throw e;
        }
        call.submitted(() -> Usage.NONE);
        call.exchange().onClosed(run::cancel);
        CompletableFuture<Void> unused = run.vectors()
                .thenAcceptAsync(answer, executor)
                .exceptionally(failure -> {
                    call.fail(problem(engine, failure));
                    return null;
                });
    }

    private static Throwable problem(Engine engine, Throwable failure) {
        return failure.getCause() instanceof CancellationException || !engine.isOpen()
                ? new ProblemException(
                        Problem.of(Problem.Kind.UNAVAILABLE, "the server is closing, and not all was computed"))
                : failure;
    }
}
