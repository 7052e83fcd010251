package dev.tokapu.engine;

import dev.tokapu.Pooling;
import dev.tokapu.completion.ScoredContinuation;
import dev.tokapu.text.TokenAlternatives;
import dev.tokapu.text.Usage;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks what is asked of an engine, makes a task of it and hands that to the engine's thread; all on the calling thread.
 *
 * <p>Thread safety: safe.
 */
final class TaskSubmitter {

    private final EngineCore core;
    private final SpeculationSupport speculation;

    TaskSubmitter(EngineCore core) {
        this.core = core;
        this.speculation = core.speculation();
    }

    Generation generate(Engine engine, Request request) {
        boolean chat = request.prompt() instanceof Prompt.Chat;
        return generate(
                engine, request, chat ? FinishedRequest.Operation.CHAT : FinishedRequest.Operation.TEXT_COMPLETION);
    }

    /** The engine is kept as long as the task is computed. */
    Generation generate(Engine engine, Request request, FinishedRequest.Operation operation) {
        core.requireOpen();
        requireGenerating();
        core.preprocessor().check(request);
        speculation.check(request.speculation());
        try (CapacityLimiter.Reservation reservation = core.reserve(request.answers())) {
            RequestPreprocessor.Prepared prepared = core.preprocessor().task(request, operation);
            core.submit(engine, prepared.task(), reservation);
            return prepared.first();
        }
    }

    CompletableFuture<ScoredContinuation> score(Engine engine, ScoreRequest request) {
        core.requireOpen();
        requireGenerating();
        core.preprocessor().check(request.scheduling().adapters());
        try (CapacityLimiter.Reservation reservation = core.reserve(1)) {
            PromptTask<ScoredContinuation> task = core.preprocessor().score(request);
            core.submit(engine, task, reservation);
            return task.result();
        }
    }

    CompletableFuture<List<TokenAlternatives>> promptLogProbabilities(
            Engine engine, int[] prompt, int alternatives, SchedulingOptions scheduling) {
        core.requireOpen();
        requireGenerating();
        core.preprocessor().check(scheduling.adapters());
        if (alternatives < 0) {
            throw new IllegalArgumentException("alternatives is " + alternatives + "; it must be 0 or more");
        }
        if (prompt.length == 1) {
            return CompletableFuture.completedFuture(List.of());
        }
        try (CapacityLimiter.Reservation reservation = core.reserve(1)) {
            PromptTask<List<TokenAlternatives>> task =
                    core.preprocessor().promptScore(prompt, alternatives, scheduling);
            core.submit(engine, task, reservation);
            return task.result();
        }
    }

    CompletableFuture<Usage> warm(Engine engine, PrefixRequest request) {
        core.requireOpen();
        if (!core.config().caches()) {
            throw new UnsupportedOperationException(
                    "this engine keeps nothing of ended requests: EngineOptions.prefixCache is off, or it makes embeddings");
        }
        core.preprocessor().check(request.scheduling().adapters());
        try (CapacityLimiter.Reservation reservation = core.reserve(1)) {
            PromptTask<Usage> task = core.preprocessor().prefix(request);
            core.submit(engine, task, reservation);
            return task.result();
        }
    }

    CompletableFuture<float[]> embed(Engine engine, EmbedRequest request) {
        Pooling pooling = pooling();
        if (pooling == Pooling.NONE) {
            throw new UnsupportedOperationException("this engine pools nothing; ask for the vectors of the tokens");
        }
        return embed(engine, request, () -> core.preprocessor().embedding(request, pooling == Pooling.RANK));
    }

    CompletableFuture<List<float[]>> embedTokens(Engine engine, EmbedRequest request) {
        if (pooling() != Pooling.NONE) {
            throw new UnsupportedOperationException(
                    "this engine has one vector for a text; start another one with Pooling.NONE");
        }
        return embed(engine, request, () -> core.preprocessor().tokenEmbeddings(request));
    }

    /** What becomes of the vectors of a text's tokens. */
    Pooling pooling() {
        core.requireOpen();
        if (!core.config().embeds()) {
            throw new UnsupportedOperationException(
                    "this engine makes no embeddings; start another one whose EngineOptions.context has"
                            + " embeddings(true)");
        }
        return core.context().info().pooling();
    }

    private <R> CompletableFuture<R> embed(Engine engine, EmbedRequest request, Supplier<PromptTask<R>> made) {
        core.preprocessor().check(request.scheduling().adapters());
        try (CapacityLimiter.Reservation reservation = core.reserve(1)) {
            PromptTask<R> task = made.get();
            core.submit(engine, task, reservation);
            return task.result();
        }
    }

    /** Whether answers can be generated on these terms. */
    void check(SchedulingOptions scheduling, @Nullable Speculation drafts) {
        core.requireOpen();
        requireGenerating();
        core.preprocessor().check(scheduling.adapters());
        speculation.check(drafts);
    }

    private void requireGenerating() {
        if (core.config().embeds()) {
            throw new UnsupportedOperationException("this engine makes embeddings, it neither generates nor scores;"
                    + " start another one without ContextOptions.embeddings");
        }
    }
}
