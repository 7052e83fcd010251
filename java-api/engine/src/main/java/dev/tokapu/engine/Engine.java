package dev.tokapu.engine;

import dev.tokapu.Model;
import dev.tokapu.Pooling;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.completion.ScoredContinuation;
import dev.tokapu.device.MemoryReport;
import dev.tokapu.embedding.TextEncoder;
import dev.tokapu.embedding.VectorReceiver;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.TextGenerator;
import dev.tokapu.text.TokenAlternatives;
import dev.tokapu.text.TokenPrompt;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Serves many requests with one {@link Model} at the same time (continuous batching): each step decodes all sequences and prefills prompts in chunks.
 *
 * <p>Requests wait in a bounded queue for room in the KV cache, by priority, then evenly between tenants. Cancelled or expired ones leave within one step.
 *
 * <p>It has several {@linkplain #replicas() replicas}, each with a context and a thread of its own, when it is started with the model on several devices,
 * or has more sequences than a context. A request goes to the one with the least work, what its prefix cache lacks of the prompt included.
 *
 * <p>Its threads are daemons: answers that no thread waits for are lost when {@code main} returns. Close it before its model. {@link #close()} ends all requests at once, {@link #drain} finishes all accepted requests.
 *
 * <p>Thread safety: safe; any number of threads may use it.
 *
 * @since 0.1
 */
public final class Engine implements TextGenerator, TextEncoder, AutoCloseable {

    private final EngineOptions options;
    final EngineReplicas replicas;
    final TaskSubmitter submitter;

    private Engine(EngineOptions options, List<EngineContexts> contexts) {
        this.options = options;
        this.replicas = new EngineReplicas(this, options, contexts);
        this.submitter = new TaskSubmitter(replicas);
    }

    /** {@return an engine with {@link EngineOptions#defaults()}, to be closed before its model} */
    public static Engine start(Model model) {
        return start(model, EngineOptions.defaults());
    }

    /** {@return an engine of one model, started as {@link #start(List, EngineOptions)} says} */
    public static Engine start(Model model, EngineOptions options) {
        return start(List.of(model), options);
    }

    /**
     * {@return an engine, to be closed before its models}
     *
     * @param models the same file, loaded for each replica; a model may be there several times. They stay open as long as the engine
     * @throws dev.tokapu.exception.ContextCreationException when a context cannot be made, for example for lack of memory
     * @throws IllegalArgumentException when models and options do not go together
     * @throws VocabularyMismatchException when the draft model has other tokens
     */
    public static Engine start(List<Model> models, EngineOptions options) {
        return start(options, EngineContexts.open(ReplicaSpec.of(List.copyOf(models), options)));
    }

    /** With contexts that it closes, also when it does not start. */
    static Engine start(EngineOptions options, List<EngineContexts> contexts) {
        try {
            Engine engine = new Engine(options, contexts);
            engine.replicas.start();
            return engine;
        } catch (Throwable e) {
            contexts.forEach(EngineContexts::close);
            throw e;
        }
    }

    /**
     * Takes a request. The calling thread renders and tokenizes its prompt, in native code that pins the carrier of a virtual thread.
     *
     * @param request what to generate
     * @return the first of its answers, while it is generated; {@link Generation#answers()} has all of them
     * @throws RequestRejectedException when the queue is full
     * @throws dev.tokapu.exception.ContextOverflowException when the prompt is too long for a sequence
     * @throws IllegalArgumentException when the request does not fit the model or the engine
     * @throws IllegalStateException when the engine is closed or has failed
     */
    public Generation submit(Request request) {
        return submitter.generate(this, request);
    }

    /** {@return what follows a text, generated as {@link #submit(Request)} does with the defaults} */
    public Generation submit(String prompt) {
        return submit(Request.of(prompt));
    }

    /** {@return the answer to a conversation, generated as {@link #submit(Request)} does with the defaults} */
    public Generation submit(List<ChatMessage> messages) {
        return submit(Request.of(messages));
    }

    /** {@inheritDoc} The text is generated whether or not it is read. */
    @Override
    public Generation generate(TokenPrompt prompt, GenerationOptions options) {
        return submit(Request.builder(prompt).generation(options).build());
    }

    @Override
    public Generation generate(String prompt, GenerationOptions options) {
        return submit(Request.builder(prompt).generation(options).build());
    }

    @Override
    public TextGenerator forChat() {
        return new EngineGenerator(this, SchedulingOptions.defaults(), null);
    }

    /**
     * Asks how likely the model finds a text after a prompt, as {@link dev.tokapu.completion.Scorer} does; it shares steps with what is generated.
     *
     * @return the likelihood; cancelling the future cancels the request. It fails with a {@link java.util.concurrent.TimeoutException} after the
     *     deadline, with a {@link GenerationException} when the engine fails, and is cancelled when the engine is closed
     * @throws RequestRejectedException when the queue is full
     * @throws dev.tokapu.exception.ContextOverflowException when prompt and text are too long for a sequence
     * @throws IllegalArgumentException when prompt and text are such that nothing can be scored
     * @throws UnsupportedOperationException when the engine makes embeddings
     * @throws IllegalStateException when the engine is closed or has failed
     */
    public CompletableFuture<ScoredContinuation> score(ScoreRequest request) {
        return submitter.score(this, request);
    }

    /**
     * {@return for each token of a prompt but the first its log-probability and those of the likeliest; the future ends as that of {@link #score}}
     *
     * @param prompt the tokens, at least one; BOS is not added
     * @param alternatives how many of the likeliest tokens are given with each, 0 or more
     * @param scheduling priority, deadline, tenant, adapters
     * @throws IllegalArgumentException when the prompt has no tokens or one outside the vocabulary, or alternatives is negative
     */
    public CompletableFuture<List<TokenAlternatives>> promptLogProbabilities(
            int[] prompt, int alternatives, SchedulingOptions scheduling) {
        return submitter.promptLogProbabilities(this, prompt, alternatives, scheduling);
    }

    /**
     * {@return the vector of a text, on an engine whose {@link EngineOptions#context} asks for embeddings; the future ends as that of {@link #score}} Many
     * texts share a step; an {@link dev.tokapu.embedding.Embedder} makes the vectors of many.
     *
     * @throws RequestRejectedException when the queue is full
     * @throws dev.tokapu.exception.ContextOverflowException when the text is too long for a sequence
     * @throws UnsupportedOperationException when the engine makes no embeddings
     * @throws IllegalStateException when the engine is closed or has failed
     */
    public CompletableFuture<float[]> embed(EmbedRequest request) {
        return submitter.embed(this, request);
    }

    /**
     * {@return a vector for each token of a text, in their order, as {@link #embed(EmbedRequest)} makes one of the text and with its errors}
     *
     * @throws UnsupportedOperationException when the engine makes no embeddings, or pools them: it needs {@link dev.tokapu.Pooling#NONE}
     */
    public CompletableFuture<List<float[]>> embedTokens(EmbedRequest request) {
        return submitter.embedTokens(this, request);
    }

    /** {@return the vector of length 1 of a text, as {@link #embed(EmbedRequest)} makes it} */
    public CompletableFuture<float[]> embed(String text) {
        return embed(EmbedRequest.of(text));
    }

    @Override
    public Pooling pooling() {
        return submitter.pooling();
    }

    /** {@inheritDoc} Some are submitted at a time; {@link RequestRejectedException} comes only where the queue is full of other requests. */
    @Override
    public void encode(List<int[]> texts, VectorReceiver receiver) {
        encoder(SchedulingOptions.defaults()).encode(texts, receiver);
    }

    /** {@return this engine for vectors on these terms; the deadline is that of one text} */
    public TextEncoder encoder(SchedulingOptions scheduling) {
        return new EngineEncoder(this, scheduling);
    }

    /** {@return a conversation with {@link ChatOptions#defaults()}, to be closed by the caller} */
    public ChatSession chat() {
        return chat(ChatOptions.defaults());
    }

    /** {@return a conversation with {@link SchedulingOptions#defaults()}, to be closed by the caller} */
    public ChatSession chat(ChatOptions options) {
        return chat(options, SchedulingOptions.defaults());
    }

    /**
     * Opens a conversation whose answers this engine generates; any number of them may talk at the same time, each in a thread of its own.
     *
     * <p>It is used as one that {@link ChatSession#open(Model, ChatOptions)} opens; the model reads only what the {@linkplain #prefixCache() prefix cache}
     * lacks. {@link ChatOptions#context()} is ignored. Its state cannot be saved, but saved conversations can be loaded. An answer is generated
     * whether or not it is read. A message fails with {@link RequestRejectedException} when the queue is full; the conversation is as before.
     *
     * @param options how
     * @param scheduling when answers are generated, and with which adapters; the deadline is that of one answer
     * @return the session, to be closed by the caller
     * @throws dev.tokapu.exception.ChatTemplateException when the model has no chat template and the options give none
     * @throws UnsupportedOperationException when the engine makes embeddings, or the options want a full context to be shifted
     * @throws IllegalStateException when the engine is closed or has failed
     */
    public ChatSession chat(ChatOptions options, SchedulingOptions scheduling) {
        return EngineGenerator.chat(this, options, scheduling, null);
    }

    /**
     * {@return a conversation as {@link #chat(ChatOptions, SchedulingOptions)} opens it, whose answers are drafted ahead of the model}
     *
     * @param answers how they are drafted; the conversation so far is what they may repeat
     * @throws IllegalArgumentException when they cannot be drafted so, and the message says why
     */
    public ChatSession chat(ChatOptions options, SchedulingOptions scheduling, Speculation answers) {
        return EngineGenerator.chat(this, options, scheduling, answers);
    }

    /** {@return what it keeps of requests that have ended} */
    public PrefixCache prefixCache() {
        return new PrefixCache(this);
    }

    EngineCore core() {
        return replicas.first();
    }

    /** {@return what ends it: from now on an observer is shown requests, and what ends, as {@link EngineOptions#listener()} is told} */
    public Runnable observe(RequestObserver observer) {
        return replicas.shared().observers.observe(observer);
    }

    /** {@return the numbers of this moment: what the engine does and has done} */
    public EngineSnapshot snapshot() {
        return replicas.snapshot();
    }

    /** {@return its replicas as they are now} */
    public List<EngineReplica> replicas() {
        return replicas.list();
    }

    @Override
    public Model model() {
        return replicas.models().get(0);
    }

    /** {@return the models of its replicas, each once, {@link #model()} first} */
    public List<Model> models() {
        return replicas.models();
    }

    /** {@return the memory of models and contexts when it was started, by device: weights, KV cache and compute buffers} */
    public MemoryReport memory() {
        return replicas.memory();
    }

    /** {@return how it was started} */
    public EngineOptions options() {
        return options;
    }

    @Override
    public int sequenceContextSize() {
        return core().schedulerConfig().slotTokens();
    }

    /** {@return whether it takes requests: false when it is closed or has failed} */
    public boolean isOpen() {
        return replicas.isOpen();
    }

    /** {@return whether all requests came to their end in a time, after which it cancels the others and is closed; it takes no more} */
    public boolean drain(Duration most) {
        return replicas.drain(this, most);
    }

    /** Cancels all requests, takes no more, frees the memory and waits for its threads, except those whose user code does not return. Idempotent. */
    @Override
    public void close() {
        replicas.close(this);
    }

    @Override
    public String toString() {
        return "Engine of " + model() + (isOpen() ? "" : " (closed)");
    }
}
