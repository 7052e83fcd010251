package dev.tokapu.server.generate;

import dev.tokapu.engine.EmbedRequest;
import dev.tokapu.engine.Engine;
import dev.tokapu.engine.FinishedRequest.Operation;
import dev.tokapu.server.api.Call;
import dev.tokapu.server.problem.Problem;
import dev.tokapu.server.problem.ProblemException;
import dev.tokapu.server.problem.Problems;
import dev.tokapu.text.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

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
     * @param engine the engine
     * @param requests a request for each text
     * @param executor what writes them, so that the engine's thread does not
     * @param answer takes all of them, in order
     * @throws ProblemException when a request is refused
     */
    public static void compute(
            Call call, Engine engine, List<EmbedRequest> requests, Executor executor, Consumer<List<float[]>> answer) {
        List<CompletableFuture<float[]>> vectors = new ArrayList<>();
        call.work().begins(Operation.EMBEDDINGS.tag());
        Runnable cancel = () -> vectors.forEach(vector -> vector.cancel(false));
        try {
            for (EmbedRequest request : requests) {
                vectors.add(Problems.checked("input", () -> engine.embed(request)));
            }
        } catch (RuntimeException e) {
            cancel.run();
            throw e;
        }
        call.submitted(() -> Usage.NONE);
        call.exchange().onClosed(cancel);
        CompletableFuture<Void> unused = CompletableFuture.allOf(vectors.toArray(CompletableFuture[]::new))
                .thenAcceptAsync(
                        all -> answer.accept(
                                vectors.stream().map(CompletableFuture::join).toList()),
                        executor)
                .exceptionally(failure -> {
                    cancel.run();
                    call.fail(problem(failure));
                    return null;
                });
    }

    private static Throwable problem(Throwable failure) {
        return failure.getCause() instanceof CancellationException
                ? new ProblemException(
                        Problem.of(Problem.Kind.UNAVAILABLE, "the embeddings were not made because the server closes"))
                : failure;
    }
}
