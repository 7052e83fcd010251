package dev.tokapu.engine;

import dev.tokapu.Context;
import dev.tokapu.ContextOverflowException;
import dev.tokapu.Continuation;
import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.internal.Access;
import dev.tokapu.internal.schedule.Limits;
import dev.tokapu.internal.schedule.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
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
    private final List<Consumer<FinishedRequest>> observers = new CopyOnWriteArrayList<>();
    private final Places places;
    private final Intake intake;
    private final SpeculationRule speculation;
    private volatile boolean closed;

    private Engine(Model model, EngineSetup setup, Context context) {
        this.model = model;
        this.setup = setup;
        this.context = context;
        this.limits = setup.limits(model);
        String name = "tokapu-engine-" + COUNT.incrementAndGet();
        this.stage = new TextStage(name, setup.maxSequences());
        this.places = new Places(setup, meter);
        EngineParts parts = new EngineParts(model.vocab(), stage, new Control());
        this.intake = new Intake(model, setup, adapters, parts);
        this.speculation = new SpeculationRule(context);
        this.events = EngineEvents.of(name);
        this.loop = new EngineLoop(context, new Scheduler(limits), setup.pacer(), meter, events, adapters, setup);
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
            intake.close();
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
     * @throws IllegalArgumentException when model and options do not go together
     */
    public static Engine start(Model model, EngineOptions options) {
        return start(model, EngineSetup.of(model, options));
    }

    static Engine start(Model model, EngineSetup setup) {
        Context context = model.newContext(setup.contextOptions());
        try {
            ContextCheck.check(context, setup);
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
        return submit(request, new int[0]);
    }

    /** A prompt that ends with a part of the answer, of which a grammar has to be told. */
    Generation submit(Request request, int[] generated) {
        requireOpen();
        requireGenerating();
        intake.check(request);
        speculation.check(request.speculation());
        return enter(request.answers(), () -> intake.submission(request, generated))
                .answer(0)
                .generation;
    }

    /**
     * Asks how likely the model finds a text after a prompt, as {@link dev.tokapu.Scorer} does; it shares steps with what is generated.
     *
     * @param request the text
     * @return the likelihood; who cancels the future cancels the request. It fails with a {@link java.util.concurrent.TimeoutException} after the
     *     deadline, with a {@link GenerationException} when the engine fails, and is cancelled when the engine is closed
     * @throws RequestRejectedException when the queue is full
     * @throws ContextOverflowException when prompt and text are too long for a sequence
     * @throws IllegalArgumentException when prompt and text are such that nothing can be scored
     * @throws UnsupportedOperationException when the engine makes embeddings
     * @throws IllegalStateException when the engine is closed or has failed
     */
    public CompletableFuture<Continuation> score(ScoreRequest request) {
        requireOpen();
        requireGenerating();
        intake.check(request.terms().adapters());
        return enter(1, () -> intake.score(request)).result();
    }

    /**
     * Makes a vector of a text, on an engine whose {@link EngineOptions#context} asks for embeddings; many texts share a step.
     *
     * @param request the text
     * @return its embedding; who cancels the future cancels the request. It fails with a {@link java.util.concurrent.TimeoutException} after the
     *     deadline, with a {@link GenerationException} when the engine fails, and is cancelled when the engine is closed
     * @throws RequestRejectedException when the queue is full
     * @throws ContextOverflowException when the text is too long for a sequence
     * @throws UnsupportedOperationException when the engine makes no embeddings
     * @throws IllegalStateException when the engine is closed or has failed
     */
    public CompletableFuture<float[]> embed(EmbedRequest request) {
        requireOpen();
        if (!setup.embeds()) {
            throw new UnsupportedOperationException(
                    "this engine makes no embeddings; start another one whose EngineOptions.context has embeddings(true)");
        }
        intake.check(request.terms().adapters());
        return enter(1, () -> intake.embedding(request, context.pooling() == Pooling.RANK))
                .result();
    }

    /**
     * Makes a vector of length 1 of a text, as {@link #embed(EmbedRequest)} does.
     *
     * @param text the text
     * @return its embedding
     */
    public CompletableFuture<float[]> embed(String text) {
        return embed(EmbedRequest.of(text));
    }

    /**
     * Opens a conversation whose answers this engine generates, as {@link #chat(ChatOptions, Terms)} does with {@link Terms#defaults()}.
     *
     * @param options how
     * @return the session, to be closed by the caller
     */
    public ChatSession chat(ChatOptions options) {
        return chat(options, Terms.defaults());
    }

    /**
     * Opens a conversation whose answers this engine generates; any number of them may talk at the same time, each in a thread of its own.
     *
     * <p>It is used as one that {@link Model#chat} opens, but keeps nothing in the KV cache: the model reads the whole conversation again for each
     * answer, and {@link ChatOptions#context()} means nothing. Its state cannot be saved, though saved conversations can be loaded. An answer is
     * generated whether or not somebody reads it, from the first piece that is asked for. When the queue is full then, that is a
     * {@link RequestRejectedException} for the reader, and the conversation is as before.
     *
     * @param options how
     * @param terms on what terms answers are generated; the deadline is that of one answer
     * @return the session, to be closed by the caller
     * @throws dev.tokapu.ChatTemplateException when the model has no chat template and the options give none
     * @throws UnsupportedOperationException when the engine makes embeddings, or the options want a full context to be shifted
     * @throws IllegalStateException when the engine is closed or has failed
     */
    public ChatSession chat(ChatOptions options, Terms terms) {
        return chat(options, terms, Speculation.none());
    }

    /**
     * Opens a conversation as {@link #chat(ChatOptions, Terms)} does, whose answers are guessed ahead of the model.
     *
     * @param options how
     * @param terms on what terms answers are generated; the deadline is that of one answer
     * @param answers how the answers are guessed; the conversation so far is what they may repeat
     * @return the session, to be closed by the caller
     * @throws dev.tokapu.ChatTemplateException when the model has no chat template and the options give none
     * @throws UnsupportedOperationException when the engine makes embeddings, or the options want a full context to be shifted
     * @throws IllegalArgumentException when the model's memory could not forget a wrong guess
     * @throws IllegalStateException when the engine is closed or has failed
     */
    public ChatSession chat(ChatOptions options, Terms terms, Speculation answers) {
        requireOpen();
        requireGenerating();
        intake.check(terms.adapters());
        speculation.check(answers);
        return Access.chats().open(model, options, () -> new EngineAnswerer(this, options, terms, answers));
    }

    /**
     * Makes something of a request when there is room, and hands it to the engine's thread. Whoever finds no room has done no
     * work for it: prompts are rendered and tokenized by the maker.
     */
    <W extends Work> W enter(int wanted, Supplier<W> maker) {
        places.take(wanted);
        boolean submitted = false;
        try {
            W work = maker.get();
            meter.submitted.increment();
            loop.tell(new EngineLoop.Submit(work));
            submitted = true;
            return work;
        } finally {
            if (!submitted) {
                places.giveBack(wanted);
            }
        }
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

    private void requireGenerating() {
        if (setup.embeds()) {
            throw new UnsupportedOperationException("this engine makes embeddings, it neither generates nor scores;"
                    + " start another one without ContextOptions.embeddings");
        }
    }

    /** For tests: of use only while nothing is computed. */
    Context context() {
        return context;
    }

    /** For tests. */
    Intake intake() {
        return intake;
    }

    /** For tests. */
    Thread thread() {
        return thread;
    }

    /** For tests: how many are in use. */
    int adapterSets() {
        return adapters.size();
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

    private final class Control implements EngineControl {

        @Override
        public void cancel(Work work, int branch) {
            loop.tell(new EngineLoop.Cancel(work, branch));
        }

        @Override
        public void ended(FinishedRequest request) {
            places.giveBack(1);
            meter.ended(request);
            events.requestEnds(request);
            callback(() -> setup.options().listener().finished(request));
            for (Consumer<FinishedRequest> observer : observers) {
                callback(() -> observer.accept(request));
            }
        }
    }

    /** Shows what ended to the observer, on a thread for callbacks, until the runnable that it returns is run. */
    Runnable observe(Consumer<FinishedRequest> observer) {
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
