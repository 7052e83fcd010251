package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.run.ActiveSequence;
import dev.tokapu.engine.run.EngineExecutors;
import dev.tokapu.engine.run.EngineTask;
import dev.tokapu.engine.run.StepBatch;
import dev.tokapu.engine.schedule.PlanEntry;
import dev.tokapu.engine.schedule.ScheduledRequest;
import dev.tokapu.engine.schedule.ScheduledRequestBuilder;
import dev.tokapu.internal.util.Durations;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request that ends with its prompt, on its way through an engine; who cancels its future or completes it otherwise cancels it.
 *
 * <p>Thread safety: confined to the engine's thread, but for the future and {@link #complete}, {@link #fail}.
 *
 * @param <R> what comes out
 */
abstract class PromptTask<R> implements RoutedTask {

    final int[] prompt;
    private final ScheduledRequest<EngineTask> scheduled;
    private final SchedulingOptions scheduling;
    private final EngineExecutors executors;
    private final TaskCallbacks control;
    private final ObservedRequest observed;
    private final CompletableFuture<R> result = new CompletableFuture<>();
    private final AtomicBoolean reported = new AtomicBoolean();
    private final FinishedRequest.Operation operation;
    private volatile long admitted;
    private @Nullable Ticket ticket;
    private @Nullable Function<RequestPreprocessor, PromptTask<R>> maker;
    private @Nullable PromptTask<R> moved;
    private boolean claimed;
    private boolean mine;
    private boolean ended;

    /**
     * Creates it.
     *
     * @param operation what it is
     * @param entry name, adapters and time in the engine
     * @param prompt what is computed
     * @param outputsFrom its first token that has an output
     * @param whole whether it must be one step
     */
    PromptTask(FinishedRequest.Operation operation, Entry entry, int[] prompt, int outputsFrom, boolean whole) {
        this.operation = operation;
        this.prompt = prompt;
        RequestPreprocessor.Terms terms = entry.terms();
        this.scheduling = terms.scheduling();
        this.executors = entry.parts().executors();
        this.control = entry.parts().control();
        Arrival arrival = terms.arrival();
        this.observed = arrival.observed();
        ScheduledRequestBuilder schedule = entry.adapters()
                .schedule(ScheduledRequest.builder(entry.id()))
                .tenant(scheduling.tenant())
                .priority(scheduling.priority())
                .time(arrival.time(), Durations.after(arrival.time(), scheduling.deadline()))
                .promptTokens(prompt.length)
                .outputsFrom(outputsFrom)
                .promptOnly(true)
                .whole(whole);
        schedule.pins(terms.pins());
        PrefixScope scope = terms.scope();
        this.scheduled = (scope == null ? schedule : schedule.prefix(scope, prompt)).build(this);
        CompletableFuture<R> unused = result.whenComplete((value, failure) -> {
            // Completed by the caller, by orTimeout for example: the result is no longer wanted.
            if (!reported.get()) {
                control.cancel(this, 0);
            }
        });
    }

    /** How something enters an engine. */
    record Entry(long id, RequestAdapters adapters, RequestPreprocessor.Terms terms, EngineParts parts) {}

    /** Takes what is needed of a part of the prompt out of the context. */
    abstract void read(Context context, PlanEntry<EngineTask> entry, StepBatch batch);

    @Override
    public void computed(Context context, PlanEntry<EngineTask> entry, StepBatch batch) {
        if (mine) {
            read(context, entry, batch);
        }
        if (entry.isLast()) {
            ended = true; // the result comes by itself
        }
    }

    CompletableFuture<R> result() {
        return result;
    }

    /** Before it is submitted: where it is computed, and what makes the same task for another replica. */
    void begin(Ticket where, Function<RequestPreprocessor, PromptTask<R>> again) {
        ticket = where;
        maker = again;
    }

    @Override
    public @Nullable Ticket ticket() {
        return ticket;
    }

    @Override
    public ObservedRequest observed() {
        return observed;
    }

    @Override
    public RoutedTask movedTo(Ticket where) {
        Function<RequestPreprocessor, PromptTask<R>> again = Objects.requireNonNull(maker);
        if (!reported.compareAndSet(false, true)) {
            throw new IllegalStateException("request " + scheduled.id() + " has ended");
        }
        PromptTask<R> next;
        try {
            next = again.apply(where.core().preprocessor());
        } catch (Throwable e) {
            reported.set(false);
            throw e;
        }
        next.begin(where, again);
        moved = next;
        CompletableFuture<R> unused = next.result.whenComplete((value, failure) -> {
            if (failure == null) {
                result.complete(value);
            } else if (failure instanceof CancellationException) {
                result.cancel(false);
            } else {
                result.completeExceptionally(failure);
            }
        });
        return next;
    }

    @Override
    public void movedOn() {
        PromptTask<R> next = Objects.requireNonNull(moved);
        CompletableFuture<R> unused = result.whenComplete((value, failure) -> next.result.cancel(false));
    }

    /** On the engine's thread: whether it is this replica's, from now on for good. */
    private boolean isMine() {
        if (!claimed) {
            claimed = true;
            mine = control.claim(this);
        }
        return mine;
    }

    /** Any thread: the result. */
    void complete(R value) {
        if (report(null, null)) {
            // Dependents of the future are the user's code.
            executors.complete(result, () -> result.complete(value));
        }
    }

    @Override
    public void fail(Throwable failure) {
        if (report(null, failure)) {
            GenerationException thrown =
                    new GenerationException("the request failed: " + failure.getMessage(), failure);
            executors.complete(result, () -> result.completeExceptionally(thrown));
        }
    }

    private boolean report(@Nullable FinishReason reason, @Nullable Throwable failure) {
        if (!reported.compareAndSet(false, true)) {
            return false;
        }
        long start = scheduled.arrival();
        long end = System.nanoTime();
        boolean computed = reason == null && failure == null;
        RequestTimings timings = new RequestTimings(
                Durations.between(start, admitted),
                computed ? Durations.between(admitted, end) : Duration.ZERO,
                Duration.ZERO,
                Durations.between(start, end),
                Duration.ZERO);
        Usage usage = new Usage(prompt.length, scheduled.cachedTokens(), 0);
        FinishedRequest finished = new FinishedRequest(
                scheduled.id(),
                0,
                operation,
                scheduling.tenant(),
                scheduling.priority(),
                usage,
                reason,
                failure,
                timings,
                Instant.now());
        control.ended(this, finished);
        return true;
    }

    @Override
    public ScheduledRequest<EngineTask> scheduled() {
        return scheduled;
    }

    @Override
    public FinishReason lateReason() {
        return FinishReason.DEADLINE;
    }

    @Override
    public ActiveSequence sequence(int branch) {
        throw new IllegalStateException("request " + scheduled.id() + " generates nothing");
    }

    @Override
    public int promptToken(int position) {
        return prompt[position];
    }

    @Override
    public void admitted(Context context, long now) {
        isMine();
        admitted = now;
    }

    @Override
    public void prefilled(int end, long now) {
        // The result tells.
    }

    @Override
    public void preempted(Context context) {
        throw new IllegalStateException("request " + scheduled.id() + " keeps its sequence to the end");
    }

    @Override
    public void end(int branch, @Nullable FinishReason reason, @Nullable Throwable failure) {
        end(reason, failure);
    }

    @Override
    public void end(@Nullable FinishReason reason, @Nullable Throwable failure) {
        if (ended) {
            return;
        }
        ended = true;
        if (!isMine()) {
            return;
        }
        if (failure != null) {
            if (result.isDone() || !control.moveOn(this, admitted != 0)) {
                fail(failure);
            }
        } else if (reason == FinishReason.DEADLINE) {
            if (report(reason, null)) {
                TimeoutException late =
                        new TimeoutException("the request was not computed within " + scheduling.deadline());
                executors.complete(result, () -> result.completeExceptionally(late));
            }
        } else if (report(FinishReason.CANCELLED, null)) {
            executors.complete(result, () -> result.cancel(false));
        }
    }

    @Override
    public boolean isEnded() {
        return ended;
    }

    @Override
    public void free(Context context) {}

    @Override
    public void abandon() {}
}
