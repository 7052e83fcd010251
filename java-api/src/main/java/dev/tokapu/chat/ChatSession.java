package dev.tokapu.chat;

import dev.tokapu.Context;
import dev.tokapu.ContextShift;
import dev.tokapu.Model;
import dev.tokapu.TextStream;
import dev.tokapu.Usage;
import dev.tokapu.internal.ContextRoom;
import dev.tokapu.internal.SequenceSource;
import dev.tokapu.internal.SequenceTokens;
import dev.tokapu.internal.StreamSettings;
import dev.tokapu.internal.ThreadGuard;
import dev.tokapu.internal.TokenStream;
import dev.tokapu.sampling.SamplerChain;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One conversation with a model: it keeps the history, and the KV cache of its own context keeps what was decoded, so that a
 * new message costs only its own tokens.
 *
 * <pre>{@code
 * try (Model model = Model.load(Path.of("model.gguf"));
 *         ChatSession chat = model.chat()) {
 *     chat.send("Why is the sky blue?").forEach(System.out::print);
 * }
 * }</pre>
 *
 * <p>What users type is never read as control tokens. An answer joins the history when it ends; one that is cancelled joins
 * it as far as it came, or leaves no trace, like its question, when it did not come to its first character.
 *
 * <p>Thread safety: confined; use it and its streams in one thread at a time, a second one at the same time gets an
 * {@link IllegalStateException}. {@link #cancel()} and {@link #close()} may be called by any thread.
 *
 * @since 0.1
 */
public final class ChatSession implements AutoCloseable {

    private final Model model;
    private final ChatOptions options;
    private final ChatTemplate template;
    private final Context context;
    private final SamplerChain chain;
    private final PromptTokenizer tokenizer;
    private final ThreadGuard guard = new ThreadGuard("ChatSession");
    private final SequenceTokens cached = new SequenceTokens();
    private final List<ChatMessage> history = new ArrayList<>();
    private volatile @Nullable TokenStream current;
    private volatile boolean closed;
    private Usage totalUsage = Usage.NONE;

    private ChatSession(Model model, ChatOptions options, ChatTemplate template, Context context, SamplerChain chain) {
        this.model = model;
        this.options = options;
        this.template = template;
        this.context = context;
        this.chain = chain;
        this.tokenizer = new PromptTokenizer(model.vocab());
        addSystemPrompt();
    }

    /**
     * Opens a conversation.
     *
     * @param model the model to talk to
     * @param options how
     * @return the session, to be closed by the caller
     * @throws dev.tokapu.ChatTemplateException when the model has no chat template and the options give none
     */
    public static ChatSession open(Model model, ChatOptions options) {
        String jinja = options.template();
        List<AutoCloseable> opened = new ArrayList<>();
        try {
            ChatTemplate template = jinja == null ? ChatTemplate.of(model) : ChatTemplate.of(model, jinja);
            opened.add(template);
            SamplerChain chain = SamplerChain.of(model, options.samplers());
            opened.add(chain);
            Context context = model.newContext(options.context());
            opened.add(context);
            return new ChatSession(model, options, template, context, chain);
        } catch (RuntimeException e) {
            closeAll(opened, e);
            throw e;
        }
    }

    private static void closeAll(List<AutoCloseable> resources, RuntimeException cause) {
        for (AutoCloseable resource : resources) {
            try {
                resource.close();
            } catch (Exception e) {
                cause.addSuppressed(e);
            }
        }
    }

    /**
     * Says something to the model.
     *
     * @param userText what the user says
     * @return the answer, generated as it is read; a new message ends it if it has not ended
     * @throws dev.tokapu.ContextOverflowException when the conversation is longer than the context; it is as before then
     * @throws dev.tokapu.ChatTemplateException when the template refuses the conversation; it is as before then
     */
    public TextStream send(String userText) {
        return send(ChatMessage.user(userText));
    }

    /**
     * Adds a message of any role and lets the model answer.
     *
     * @param message the message
     * @return the answer, generated as it is read; a new message ends it if it has not ended
     * @throws dev.tokapu.ContextOverflowException when the conversation is longer than the context; it is as before then
     * @throws dev.tokapu.ChatTemplateException when the template refuses the conversation; it is as before then
     */
    public TextStream send(ChatMessage message) {
        guard.enter();
        try {
            requireOpen();
            endCurrent();
            history.add(message);
            try {
                TokenStream stream = answer();
                current = stream;
                return stream;
            } catch (RuntimeException e) {
                history.remove(history.size() - 1);
                throw e;
            }
        } finally {
            guard.leave();
        }
    }

    private TokenStream answer() {
        ChatRequest request = ChatRequest.builder(history)
                .tools(options.tools())
                .arguments(options.templateArguments())
                .enableThinking(options.enableThinking())
                .build();
        PromptTokenizer.Prompt prompt = tokenizer.tokenize(template, request);
        List<String> stops = new ArrayList<>(options.stops());
        stops.addAll(prompt.rendered().stops());
        SequenceSource source = new SequenceSource(
                context, chain, cached, prompt.tokens(), new ContextRoom(context, ContextShift.none(), 0));
        StreamSettings settings =
                new StreamSettings(options.maxTokens(), stops, options.stoppingCriteria(), options.logProbabilities());
        return new TokenStream(source, guard, settings, this::ended);
    }

    private void ended(TokenStream stream) {
        current = null;
        totalUsage = totalUsage.plus(stream.usage());
        String text = stream.textSoFar();
        if (text.isEmpty() && !stream.isComplete()) {
            history.remove(history.size() - 1);
        } else {
            history.add(ChatMessage.assistant(text));
        }
    }

    private void endCurrent() {
        TokenStream stream = current;
        if (stream != null) {
            stream.close();
        }
    }

    /**
     * The conversation so far, the system prompt included.
     *
     * @return an unmodifiable copy, oldest first
     */
    public List<ChatMessage> history() {
        guard.enter();
        try {
            return List.copyOf(history);
        } finally {
            guard.leave();
        }
    }

    /** Begins a new conversation with the same system prompt; an answer that has not ended is cancelled. */
    public void reset() {
        guard.enter();
        try {
            requireOpen();
            endCurrent();
            history.clear();
            addSystemPrompt();
        } finally {
            guard.leave();
        }
    }

    private void addSystemPrompt() {
        String systemPrompt = options.systemPrompt();
        if (systemPrompt != null) {
            history.add(ChatMessage.system(systemPrompt));
        }
    }

    /** Ends the answer that is being generated, within one token. Any thread; does nothing when there is none. */
    public void cancel() {
        TokenStream stream = current;
        if (stream != null) {
            stream.cancel();
        }
    }

    /**
     * The tokens of all answers that have ended.
     *
     * @return the sum of their usages
     */
    public Usage totalUsage() {
        guard.enter();
        try {
            return totalUsage;
        } finally {
            guard.leave();
        }
    }

    /**
     * The model.
     *
     * @return as given
     */
    public Model model() {
        return model;
    }

    /**
     * The settings.
     *
     * @return as given
     */
    public ChatOptions options() {
        return options;
    }

    /**
     * The context that the session decodes in: sequence 0 holds the conversation. Reading from it is fine; decoding in it or
     * changing its KV cache is not.
     *
     * @return the context, closed with the session
     */
    public Context context() {
        return context;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the chat session is closed");
        }
    }

    /**
     * Whether it is closed.
     *
     * @return true after {@link #close()}
     */
    public boolean isClosed() {
        return closed;
    }

    /** Frees what the session holds; an answer that is being generated ends with an exception. Idempotent. */
    @Override
    public void close() {
        closed = true;
        context.close();
        chain.close();
        template.close();
    }

    @Override
    public String toString() {
        return "ChatSession[" + model + (closed ? ", closed" : "") + "]";
    }
}
