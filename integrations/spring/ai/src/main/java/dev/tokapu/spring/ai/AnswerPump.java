package dev.tokapu.spring.ai;

import dev.tokapu.chat.AnswerDelta;
import dev.tokapu.chat.ChatAnswer;
import dev.tokapu.engine.Generation;
import io.micrometer.observation.Observation;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.model.ChatResponse;
import reactor.core.publisher.FluxSink;
import reactor.core.scheduler.Scheduler;

/**
 * Moves an answer from the engine to one subscriber, as much as that has requested. The engine gets the request with the first demand. While
 * the subscriber takes nothing, what is generated waits as one text, and the engine is paused once it is {@link #AHEAD} tokens ahead.
 *
 * <p>Thread safety: signals may come from any thread; the work is done by one of the scheduler's at a time.
 */
final class AnswerPump implements Runnable {

    /** How many tokens the engine may be ahead of the subscriber: enough that one who takes part after part never waits for a pause to end. */
    static final int AHEAD = 64;

    private final Supplier<ChatCall> request;
    private final Consumer<ChatResponse> onEnd;
    private final Observation observation;
    private final FluxSink<ChatResponse> sink;
    private final Scheduler.Worker worker;
    private final AtomicInteger signals = new AtomicInteger();
    private final Queue<AnswerDelta> held = new ArrayDeque<>();
    private volatile @Nullable Generation generation;
    private @Nullable ChatCall call;
    private @Nullable ChatAnswer answer;
    private volatile boolean over;
    private boolean paused;
    private int read; // tokens that had been generated when the subscriber was last given something

    /**
     * {@code request} is read by the scheduler's thread, in the scope of the observation; {@code onEnd} gets the whole answer before the subscriber has its
     * last part.
     */
    AnswerPump(
            Supplier<ChatCall> request,
            Consumer<ChatResponse> onEnd,
            Observation observation,
            FluxSink<ChatResponse> sink,
            Scheduler scheduler) {
        this.request = request;
        this.onEnd = onEnd;
        this.observation = observation;
        this.sink = sink;
        this.worker = scheduler.createWorker();
    }

    void start() {
        sink.onDispose(this::dispose);
        sink.onRequest(ignored -> signal());
    }

    /** Any thread, after the end as well as when the subscriber cancels. */
    private void dispose() {
        Generation running = generation;
        if (running != null) {
            running.cancel();
        }
        worker.dispose();
    }

    /** Any thread: there is demand, or something new. */
    private void signal() {
        if (signals.getAndIncrement() == 0) {
            try {
                worker.schedule(this);
            } catch (RejectedExecutionException e) {
                if (!over && !sink.isCancelled()) { // else it is the end that nobody needs to be told of
                    sink.error(e);
                }
            }
        }
    }

    @Override
    public void run() {
        int seen;
        do {
            seen = signals.get();
            if (!over && !sink.isCancelled()) {
                try {
                    pump();
                } catch (Throwable e) { // an Error, too: the subscriber waits for an end
                    over = true;
                    if (!sink.isCancelled()) { // a cancel interrupts what goes on
                        sink.error(Failures.mapped(e));
                    }
                }
            }
        } while (!signals.compareAndSet(seen, 0));
    }

    private void pump() {
        if (call == null) {
            if (sink.requestedFromDownstream() == 0) {
                return;
            }
            submit();
        }
        boolean more = true;
        while (more && !over && sink.requestedFromDownstream() > 0 && !sink.isCancelled()) {
            more = deliver();
        }
        requireNoFailure();
        keepPace();
    }

    /** A failure needs no demand, unlike text and the end. */
    @SuppressWarnings("CheckReturnValue") // the exception is of interest
    private void requireNoFailure() {
        Generation running = generation;
        if (running != null && !over && running.isFinished()) {
            running.text();
            ChatCall.requireEnd(running);
        }
    }

    private void submit() {
        ChatCall submitted;
        Generation running;
        try (Observation.Scope scope = observation.openScope()) { // what observes the engine belongs to it
            submitted = request.get();
            running = submitted.submit();
        }
        generation = running;
        answer = running.chatAnswer();
        call = submitted;
        if (sink.isCancelled()) {
            running.cancel();
        }
        running.onProgress(this::signal);
    }

    /** Hands on one part; false when there is none yet. */
    private boolean deliver() {
        ChatAnswer source = answer;
        Generation running = generation;
        ChatCall made = call;
        if (source == null || running == null || made == null) {
            return false;
        }
        if (held.isEmpty()) {
            boolean ended = source.isFinished();
            read = running.usage().generatedTokens();
            held.addAll(source.pollDeltas());
            if (held.isEmpty()) {
                if (ended) {
                    end(made, running, source);
                }
                return ended;
            }
        }
        AnswerDelta delta = held.remove();
        if (delta instanceof AnswerDelta.Text text) {
            sink.next(made.text(text.text()));
        } else if (delta instanceof AnswerDelta.Reasoning thought) {
            sink.next(made.thought(thought.text()));
        }
        return true; // calls are part of the last one: who gets a part with calls runs them
    }

    private void end(ChatCall made, Generation running, ChatAnswer source) {
        over = true;
        ChatResponse last = made.last(running, source);
        onEnd.accept(made.whole(running, source));
        sink.next(last);
        sink.complete();
    }

    private void keepPace() {
        Generation running = generation;
        if (running == null || over) {
            return;
        }
        boolean ahead = sink.requestedFromDownstream() == 0 && running.usage().generatedTokens() - read >= AHEAD;
        if (ahead != paused) {
            paused = ahead;
            if (ahead) {
                running.pause();
            } else {
                running.resume();
            }
        }
    }
}
