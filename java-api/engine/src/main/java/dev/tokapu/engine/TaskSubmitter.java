package dev.tokapu.engine;

import dev.tokapu.LoraSet;
import dev.tokapu.Pooling;
import dev.tokapu.completion.ScoredContinuation;
import dev.tokapu.engine.route.Router;
import dev.tokapu.internal.text.ScoredText;
import dev.tokapu.text.TokenAlternatives;
import dev.tokapu.text.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Checks what is asked of an engine, makes a task of it and hands that to a replica; all on the calling thread.
 *
 * <p>Thread safety: safe.
 */
final class TaskSubmitter {

    private final EngineReplicas replicas;
    private final PromptReader reader;
    private final CapacityLimiter capacity;
    private final Dispatcher dispatcher;
    private final SpeculationSupport speculation;

    TaskSubmitter(EngineReplicas replicas) {
        this.replicas = replicas;
        this.reader = replicas.shared().reader;
        this.capacity = replicas.shared().capacity;
        this.dispatcher = replicas.shared().dispatcher;
        this.speculation = replicas.first().speculation();
    }

    Generation generate(Engine engine, Request request) {
        boolean chat = request.prompt() instanceof Prompt.Chat;
        return generate(
                engine, request, chat ? FinishedRequest.Operation.CHAT : FinishedRequest.Operation.TEXT_COMPLETION);
    }

    /** Has observers see a request before anything is done with it, and why it was not taken. */
    private <T> T observed(SubmittedRequest request, Function<ObservedRequest, T> submission) {
        ObservedRequest observed = replicas.shared().observers.submitting(request);
        try {
            return submission.apply(observed);
        } catch (Throwable e) {
            observed.refused(e);
            throw e;
        }
    }

    /** The engine is kept as long as the task is computed. */
    Generation generate(Engine engine, Request request, FinishedRequest.Operation operation) {
        SubmittedRequest submitted =
                new SubmittedRequest(operation, request.scheduling(), request.answers(), request.generation());
        return observed(submitted, observed -> generate(engine, request, operation, observed));
    }

    private Generation generate(
            Engine engine, Request request, FinishedRequest.Operation operation, ObservedRequest observed) {
        replicas.requireOpen();
        requireGenerating();
        reader.check(request);
        speculation.check(request.speculation());
        try (CapacityLimiter.Reservation reservation = capacity.reserve(request.answers())) {
            RequestTokenizer.Tokenized tokenized = reader.read(request);
            int[] prompt = tokenized.prompt().tokens();
            Ticket ticket = place(
                    request.scheduling(), prompt, request.answers(), reader.longestAnswer(request, prompt.length));
            return submit(ticket, reservation, () -> {
                RequestPreprocessor.Prepared prepared =
                        ticket.core().preprocessor().task(request, operation, tokenized, observed);
                prepared.task().begin(prepared.answers(), ticket);
                ticket.core().submitNew(engine, prepared.task());
                return prepared.answers().get(0);
            });
        }
    }

    private Ticket place(SchedulingOptions scheduling, int[] prompt, int answers, int longest) {
        Object scope = replicas.first().config().caches() ? List.of(scheduling.adapters(), scheduling.tenant()) : null;
        return dispatcher.place(new Router.Wanted(scope, prompt, answers, longest));
    }

    /** What submits a task at last, or throws. */
    private interface Submission<T> {
        T submit();
    }

    private <T> T submit(Ticket ticket, CapacityLimiter.Reservation reservation, Submission<T> submission) {
        T submitted;
        try {
            submitted = submission.submit();
        } catch (Throwable e) {
            ticket.drop();
            throw e;
        }
        reservation.keep();
        return submitted;
    }

    private static SubmittedRequest prompt(FinishedRequest.Operation operation, SchedulingOptions scheduling) {
        return new SubmittedRequest(operation, scheduling, 1, null);
    }

    /** A request that ends with its prompt, made anew where another replica computes it. */
    private <R> CompletableFuture<R> submit(
            Engine engine,
            SchedulingOptions scheduling,
            int[] prompt,
            CapacityLimiter.Reservation reservation,
            Function<RequestPreprocessor, PromptTask<R>> maker) {
        Ticket ticket = place(scheduling, prompt, 1, 0);
        return submit(ticket, reservation, () -> {
            PromptTask<R> task = maker.apply(ticket.core().preprocessor());
            task.begin(ticket, maker);
            ticket.core().submitNew(engine, task);
            return task.result();
        });
    }

    CompletableFuture<ScoredContinuation> score(Engine engine, ScoreRequest request) {
        return observed(
                prompt(FinishedRequest.Operation.SCORE, request.scheduling()),
                observed -> score(engine, request, observed));
    }

    private CompletableFuture<ScoredContinuation> score(Engine engine, ScoreRequest request, ObservedRequest observed) {
        requireScoring(request.scheduling().adapters());
        try (CapacityLimiter.Reservation reservation = capacity.reserve(1)) {
            ScoredText text = reader.read(request);
            Arrival now = Arrival.now(observed);
            return submit(
                    engine,
                    request.scheduling(),
                    text.tokens(),
                    reservation,
                    preprocessor -> preprocessor.score(request, text, now));
        }
    }

    CompletableFuture<List<TokenAlternatives>> promptLogProbabilities(
            Engine engine, int[] prompt, int alternatives, SchedulingOptions scheduling) {
        if (alternatives >= 0 && prompt.length == 1) {
            requireScoring(scheduling.adapters());
            return CompletableFuture.completedFuture(List.of());
        }
        return observed(
                prompt(FinishedRequest.Operation.SCORE, scheduling),
                observed -> promptLogProbabilities(engine, prompt, alternatives, scheduling, observed));
    }

    private CompletableFuture<List<TokenAlternatives>> promptLogProbabilities(
            Engine engine, int[] prompt, int alternatives, SchedulingOptions scheduling, ObservedRequest observed) {
        requireScoring(scheduling.adapters());
        if (alternatives < 0) {
            throw new IllegalArgumentException("alternatives is " + alternatives + "; it must be 0 or more");
        }
        try (CapacityLimiter.Reservation reservation = capacity.reserve(1)) {
            int[] tokens = reader.read(prompt);
            Arrival now = Arrival.now(observed);
            return submit(
                    engine,
                    scheduling,
                    tokens,
                    reservation,
                    preprocessor -> preprocessor.promptScore(tokens, alternatives, scheduling, now));
        }
    }

    /** On all replicas that are open: prompts that begin so may go to any of them. The result is that of the one that had the least. */
    CompletableFuture<Usage> warm(Engine engine, PrefixRequest request) {
        List<EngineCore> open = replicas.open();
        SubmittedRequest submitted =
                new SubmittedRequest(FinishedRequest.Operation.PREFIX, request.scheduling(), open.size(), null);
        return observed(submitted, observed -> warm(engine, open, request, observed));
    }

    private CompletableFuture<Usage> warm(
            Engine engine, List<EngineCore> open, PrefixRequest request, ObservedRequest observed) {
        replicas.requireOpen();
        if (!replicas.first().config().caches()) {
            throw new UnsupportedOperationException(
                    "this engine keeps nothing of ended requests: EngineOptions.prefixCache is off, or it makes embeddings");
        }
        reader.check(request.scheduling().adapters());
        try (CapacityLimiter.Reservation reservation = capacity.reserve(open.size())) {
            int[] tokens = reader.read(request);
            List<CompletableFuture<Usage>> results = new ArrayList<>();
            try {
                for (EngineCore core : open) {
                    PromptTask<Usage> task = core.preprocessor().prefix(request, tokens, Arrival.now(observed));
                    core.submitNew(engine, task);
                    reservation.keep(1);
                    results.add(task.result());
                }
            } catch (Throwable e) {
                results.forEach(result -> result.cancel(false));
                throw e;
            }
            return WarmTask.together(results, replica -> open.get(replica).isOpen());
        }
    }

    CompletableFuture<float[]> embed(Engine engine, EmbedRequest request) {
        return observed(prompt(FinishedRequest.Operation.EMBEDDINGS, request.scheduling()), observed -> {
            Pooling pooling = pooling();
            if (pooling == Pooling.NONE) {
                throw new UnsupportedOperationException("this engine pools nothing; ask for the vectors of the tokens");
            }
            Arrival now = Arrival.now(observed);
            return embed(
                    engine,
                    request,
                    (preprocessor, tokens) -> preprocessor.embedding(request, tokens, pooling == Pooling.RANK, now));
        });
    }

    CompletableFuture<List<float[]>> embedTokens(Engine engine, EmbedRequest request) {
        return observed(prompt(FinishedRequest.Operation.EMBEDDINGS, request.scheduling()), observed -> {
            if (pooling() != Pooling.NONE) {
                throw new UnsupportedOperationException(
                        "this engine has one vector for a text; start another one with Pooling.NONE");
            }
            Arrival now = Arrival.now(observed);
            return embed(engine, request, (preprocessor, tokens) -> preprocessor.tokenEmbeddings(request, tokens, now));
        });
    }

    /** What becomes of the vectors of a text's tokens. */
    Pooling pooling() {
        replicas.requireOpen();
        if (!replicas.first().config().embeds()) {
            throw new UnsupportedOperationException(
                    "this engine makes no embeddings; start another one whose EngineOptions.context has"
                            + " embeddings(true)");
        }
        return replicas.first().context().info().pooling();
    }

    private <R> CompletableFuture<R> embed(
            Engine engine, EmbedRequest request, BiFunction<RequestPreprocessor, int[], PromptTask<R>> maker) {
        reader.check(request.scheduling().adapters());
        try (CapacityLimiter.Reservation reservation = capacity.reserve(1)) {
            int[] tokens = reader.read(request);
            return submit(
                    engine,
                    request.scheduling(),
                    tokens,
                    reservation,
                    preprocessor -> maker.apply(preprocessor, tokens));
        }
    }

    /** Whether answers can be generated on these terms. */
    void check(SchedulingOptions scheduling, @Nullable Speculation drafts) {
        requireScoring(scheduling.adapters());
        speculation.check(drafts);
    }

    private void requireScoring(LoraSet adapters) {
        replicas.requireOpen();
        requireGenerating();
        reader.check(adapters);
    }

    private void requireGenerating() {
        if (replicas.first().config().embeds()) {
            throw new UnsupportedOperationException("this engine makes embeddings, it neither generates nor scores;"
                    + " start another one without ContextOptions.embeddings");
        }
    }
}
