package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.ContextOverflowException;
import dev.tokapu.FinishReason;
import dev.tokapu.LoraAdapter;
import dev.tokapu.Model;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.chat.ChatTokenizer;
import dev.tokapu.internal.PromptLookBack;
import dev.tokapu.internal.schedule.Limits;
import dev.tokapu.internal.schedule.Scheduler;
import dev.tokapu.sampling.SamplerChain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves many requests with one {@link Model} at the same time (continuous batching): what generates goes through the model
 * together, and prompts are read in pieces beside it.
 *
 * <p>Requests are admitted by priority, evenly between tenants, as far as the KV cache can hold them to their end; the others wait
 * in a bounded queue. A request that is cancelled or too late leaves within a step.
 *
 * <p>Close it before its model. {@link #close()} ends everything at once, {@link #drain} lets what there is come to its end.
 *
 * <p>Thread safety: safe; any number of threads may use it.
 *
 * @since 0.1
 */
public final class Engine implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final long ABORT_AGAIN_MILLIS = 50;
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(30);

    private final Model model;
    private final EngineSetup setup;
    private final Context context;
    private final Limits limits;
    private final EngineLoop loop;
    private final Thread thread;
    private final TextStage stage;
    private final EngineMeter meter = new EngineMeter();
    private final EngineEvents events;
    private final Adapters adapters = new Adapters();
    private final EngineParts parts;
    private final Control control = new Control();
    private final AtomicLong ids = new AtomicLong();
    private final AtomicInteger unfinished = new AtomicInteger();
    private final List<Consumer<Generation>> observers = new CopyOnWriteArrayList<>();
    private final Object chatLock = new Object();
    private @Nullable ChatTokenizer chatTokenizer;
    private boolean chatTokenizerClosed;
    private volatile boolean closed;

    private Engine(Model model, EngineSetup setup, Context context) {
        this.model = model;
        this.setup = setup;
        this.context = context;
        this.limits = setup.limits();
        String name = "tokapu-engine-" + COUNT.incrementAndGet();
        this.stage = new TextStage(name, setup.maxSequences());
        this.parts = new EngineParts(model.vocab(), stage);
        this.events = EngineEvents.of(name);
        StepPacer pacer = new StepPacer(setup.maxSequences(), setup.options().maxStall());
        this.loop = new EngineLoop(context, new Scheduler(limits), pacer, meter, events, adapters, setup);
        this.thread = daemon(name, this::serve);
        Watchdog watchdog =
                new Watchdog(loop::stepStarted, thread, setup.options().watchdog(), this::hanging);
        thread.start();
        daemon(name + "-watchdog", watchdog).start();
    }

    private void serve() {
        try {
            loop.run();
        } finally {
            closeChatTokenizer();
            Throwable failure = meter.failure;
            if (failure != null) {
                LOG.error("The engine failed and serves nothing more", failure);
                callback(() -> setup.options().listener().failed(failure));
            }
        }
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Starts an engine.
     *
     * @param model the model; it stays open as long as the engine
     * @param options how
     * @return the engine; close it
     * @throws dev.tokapu.ContextCreationException when its context cannot be made, for example for lack of memory
     */
    public static Engine start(Model model, EngineOptions options) {
        EngineSetup setup = EngineSetup.of(model, options);
        Context context = model.newContext(setup.contextOptions());
        try {
            return new Engine(model, setup, context);
        } catch (RuntimeException | Error e) {
            context.close();
            throw e;
        }
    }

    /**
     * Takes a request. Its prompt is rendered and tokenized by the calling thread; the rest is done by the engine.
     *
     * @param request what to generate
     * @return the first of its answers, while it is generated; {@link Generation#answers()} has all of them
     * @throws RequestRejectedException when the queue is full
     * @throws ContextOverflowException when the prompt is too long for a sequence
     * @throws IllegalArgumentException when the request does not fit the model or the engine
     * @throws IllegalStateException when the engine is closed or has failed
     */
    public Generation submit(Request request) {
        requireOpen();
        Tokenized prompt = tokenize(request.prompt());
        check(request, prompt.tokens());
        long now = System.nanoTime();
        takePlace(request.answers());
        boolean submitted = false;
        try {
            Submission submission = submission(request, prompt, now);
            meter.submitted.increment();
            loop.tell(new EngineLoop.Submit(submission));
            submitted = true;
            return submission.answer(0).generation;
        } finally {
            if (!submitted) {
                unfinished.addAndGet(-request.answers());
            }
        }
    }

    private void takePlace(int answers) {
        int most = setup.maxSequences() + setup.options().queueCapacity();
        int before = unfinished.getAndAdd(answers);
        if (before + answers > most) {
            unfinished.addAndGet(-answers);
            meter.rejected.increment();
            Duration retryAfter = retryAfter(before);
            throw new RequestRejectedException(
                    before + " answers are generated or wait, the engine takes " + most + "; try again in "
                            + retryAfter.toMillis() + " ms, or raise EngineOptions.queueCapacity",
                    retryAfter);
        }
    }

    /** By then as many have left as there are too many. */
    private Duration retryAfter(int unfinishedNow) {
        long mean = Math.max(1_000_000, meter.endToEnd.snapshot().mean().toNanos());
        int over = Math.max(1, unfinishedNow - setup.options().queueCapacity());
        return Duration.ofNanos(mean / Math.max(1, setup.maxSequences() / over));
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
        Throwable failure = meter.failure;
        if (failure != null) {
            throw new IllegalStateException(
                    "the engine has failed: " + failure.getMessage() + "; start another one", failure);
        }
    }

    private void check(Request request, int[] prompt) {
        int size = limits.slotTokens();
        if (prompt.length + 1 > size) {
            throw new ContextOverflowException(prompt.length, size);
        }
        if (request.answers() > setup.maxSequences()) {
            throw new IllegalArgumentException(
                    "the request wants " + request.answers() + " answers; the engine generates " + setup.maxSequences()
                            + " at a time (EngineOptions.maxSequences)");
        }
        int vocabSize = model.vocab().size();
        for (int token : prompt) {
            if (token < 0 || token >= vocabSize) {
                throw new IllegalArgumentException("the prompt contains the token " + token
                        + "; the vocabulary has the tokens 0 to " + (vocabSize - 1));
            }
        }
        for (LoraAdapter adapter : request.adapters().scales().keySet()) {
            if (adapter.model() != model) {
                throw new IllegalArgumentException(adapter + " was loaded for another model than the engine's");
            }
        }
    }

    /** A prompt as tokens, with what else ends its answer. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Tokenized(int[] tokens, List<String> stops) {}

    private Tokenized tokenize(Prompt prompt) {
        if (prompt instanceof Prompt.Tokens tokens) {
            return new Tokenized(tokens.ids(), List.of());
        }
        if (prompt instanceof Prompt.Chat chat) {
            ChatTokenizer.Tokenized tokenized = chatTokenizer().tokenize(chat.request());
            return new Tokenized(tokenized.tokens(), tokenized.rendered().stops());
        }
        Prompt.Text text = (Prompt.Text) prompt;
        int[] tokens = model.vocab().tokenize(text.text(), new TokenizeOptions(true, false));
        if (tokens.length == 0) {
            throw new IllegalArgumentException("the prompt has no tokens; give at least one character");
        }
        return new Tokenized(tokens, List.of());
    }

    private ChatTokenizer chatTokenizer() {
        synchronized (chatLock) {
            ChatTokenizer made = chatTokenizer;
            if (made == null) {
                if (chatTokenizerClosed) {
                    throw new IllegalStateException("the engine is closed");
                }
                made = ChatTokenizer.of(model);
                chatTokenizer = made;
            }
            return made;
        }
    }

    private void closeChatTokenizer() {
        synchronized (chatLock) {
            chatTokenizerClosed = true;
            if (chatTokenizer != null) {
                chatTokenizer.close();
            }
        }
    }

    private Submission submission(Request request, Tokenized prompt, long now) {
        int most = Math.min(request.maxTokens(), limits.slotTokens() - prompt.tokens().length);
        List<String> stops = new ArrayList<>(prompt.stops());
        stops.addAll(request.stops());
        int group = adapters.number(request.adapters());
        Submission submission = new Submission(ids.incrementAndGet(), request, prompt.tokens(), most, now, group);
        List<Answering> answers = new ArrayList<>();
        List<Generation> generations = new ArrayList<>();
        List<SamplerChain> chains = new ArrayList<>();
        try {
            for (int branch = 0; branch < request.answers(); branch++) {
                TokenFeed feed = new TokenFeed();
                SamplerChain chain = SamplerChain.of(model, BranchSamplers.of(request.samplers(), branch));
                chains.add(chain);
                PromptLookBack.prepare(chain, prompt.tokens());
                Generation generation = new Generation(control, submission, branch, feed, stops, parts);
                answers.add(new Answering(submission, generation, feed, chain));
                generations.add(generation);
            }
            generations.forEach(generation -> generation.siblings(generations));
            submission.complete(request.tenant().hashCode(), answers);
            return submission;
        } catch (RuntimeException | Error e) {
            chains.forEach(SamplerChain::close);
            adapters.release(group);
            throw e;
        }
    }

    /** For tests: of use only while nothing is computed. */
    Context context() {
        return context;
    }

    /** For tests. */
    Thread thread() {
        return thread;
    }

    private void hanging(Duration since, StackTraceElement[] stack) {
        meter.hangs.increment();
        events.hangs(since, stack);
        callback(() -> setup.options().listener().hanging(since, stack));
    }

    private void callback(Runnable task) {
        stage.listeners().execute(() -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                LOG.warn("A listener of the engine failed", e);
            }
        });
    }

    /** What answers ask of the engine. */
    private final class Control implements Generation.Control {

        @Override
        public void cancel(Generation generation) {
            loop.tell(new EngineLoop.Cancel(generation.submission(), generation.branch()));
        }

        @Override
        public void ending(Generation generation, @Nullable FinishReason reason) {
            unfinished.decrementAndGet();
            RequestTimings timings = generation.requestTimings();
            meter.ending(reason, timings);
            events.requestEnds(generation, reason, timings);
        }

        @Override
        public void finished(Generation generation) {
            callback(() -> setup.options().listener().finished(generation));
            for (Consumer<Generation> observer : observers) {
                callback(() -> observer.accept(generation));
            }
        }
    }

    /** Shows each answer that ended to the observer, on a thread for callbacks, until the runnable that it returns is run. */
    Runnable observe(Consumer<Generation> observer) {
        observers.add(observer);
        return () -> observers.remove(observer);
    }

    EngineMeter meter() {
        return meter;
    }

    int maxSequences() {
        return setup.maxSequences();
    }

    int kvTokens() {
        return limits.kvTokens();
    }

    /**
     * What the engine does and has done.
     *
     * @return the numbers of this moment
     */
    public EngineSnapshot snapshot() {
        return meter.snapshot(setup.maxSequences(), limits.kvTokens());
    }

    /**
     * The model that it serves.
     *
     * @return the model
     */
    public Model model() {
        return model;
    }

    /**
     * How it was started.
     *
     * @return the options
     */
    public EngineOptions options() {
        return setup.options();
    }

    /**
     * Tokens that one request takes at most, prompt and answer.
     *
     * @return tokens
     */
    public int sequenceContextSize() {
        return limits.slotTokens();
    }

    /**
     * Whether it takes requests.
     *
     * @return false when it is closed or has failed
     */
    public boolean isOpen() {
        return !closed && meter.failure == null;
    }

    /**
     * Takes no more requests, lets those that it has come to their end, and closes it.
     *
     * @param most how long that may take; what is left then is cancelled
     * @return whether all came to their end
     */
    public boolean drain(Duration most) {
        closed = true;
        loop.shutDown(EngineLoop.Shutdown.DRAIN);
        boolean drained = Thread.currentThread() != thread && join(most); // it would wait for itself
        close();
        return drained;
    }

    /** Takes no more requests, cancels those that it has, within a step, and frees its memory. Idempotent. */
    @Override
    public void close() {
        closed = true;
        loop.shutDown(EngineLoop.Shutdown.NOW);
        if (Thread.currentThread() == thread) {
            return;
        }
        long deadline = System.nanoTime() + LONGEST_CLOSE.toNanos();
        while (!join(Duration.ofMillis(ABORT_AGAIN_MILLIS))) {
            if (System.nanoTime() > deadline) {
                LOG.error("The engine does not end: a step has hung for {}; it is left alone", LONGEST_CLOSE);
                return;
            }
            if (!context.isClosed()) {
                context.abort();
            }
        }
    }

    private boolean join(Duration most) {
        boolean interrupted = false;
        long start = System.nanoTime();
        long nanos = Nanos.of(most);
        try {
            while (thread.isAlive()) {
                long left = nanos - (System.nanoTime() - start);
                if (left <= 0) {
                    return false;
                }
                try {
                    thread.join(Math.max(1, left / 1_000_000));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public String toString() {
        return "Engine of " + model + (isOpen() ? "" : " (closed)");
    }
}
