package dev.tokapu.chat;

import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.SequenceState;
import dev.tokapu.internal.text.Answerer;
import dev.tokapu.internal.text.ChatOpener;
import dev.tokapu.internal.text.PullTextStream;
import dev.tokapu.internal.text.StreamSettings;
import dev.tokapu.internal.text.TokenSource;
import dev.tokapu.internal.util.AtomicFile;
import dev.tokapu.internal.util.ThreadGuard;
import dev.tokapu.structured.StructuredStream;
import dev.tokapu.structured.StructuredType;
import dev.tokapu.structured.TypeRef;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.Usage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One conversation with a model: it keeps the history, and the KV cache of its own context keeps what was decoded, so that a
 * new message costs only its own tokens.
 *
 * <pre>{@code
 * try (Model model = Model.load(Path.of("model.gguf"));
 *         ChatSession chat = ChatSession.open(model)) {
 *     chat.send("Why is the sky blue?").forEach(System.out::print);
 * }
 * }</pre>
 *
 * <p>{@code Engine.chat} opens one whose answers an engine generates, beside those of others; there is no KV cache of its own then.
 *
 * <p>What users type is never read as control tokens. An answer joins the history when it ends; one that is cancelled joins
 * it as far as it came, or leaves no trace, like its question, when it did not come to its first character.
 *
 * <p>Answers are computed on the reading thread in native code, which pins the carrier of a virtual thread, for the whole of a prompt at once:
 * use platform threads, or an engine.
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
    private final Answerer answerer;
    private final Supplier<ChatSession> another;
    private final PromptTokenizer tokenizer;
    private final ThreadGuard guard = new ThreadGuard("ChatSession");
    private final ChatHistory history = new ChatHistory();
    private final ChatPrompts prompts;
    private volatile @Nullable PullTextStream current;
    private @Nullable AnswerPrefix unfinished;
    private volatile boolean closed;
    private Usage totalUsage = Usage.NONE;

    static {
        ChatOpener.opener = (model, options, answerers) -> on((Model) model, (ChatOptions) options, answerers);
    }

    private ChatSession(
            Model model, ChatOptions options, ChatTemplate template, Answerer answerer, Supplier<ChatSession> another) {
        this.model = model;
        this.options = options;
        this.template = template;
        this.answerer = answerer;
        this.another = another;
        this.tokenizer = new PromptTokenizer(model.vocab());
        this.prompts = new ChatPrompts(answerer, options, template, tokenizer, history);
        if (answerer instanceof OwnSequence own) {
            own.keep(prompts::beginning);
        }
        addSystemPrompt();
    }

    /**
     * Opens a conversation with {@link ChatOptions#defaults()}.
     *
     * @param model the model to talk to
     * @return the session, to be closed by the caller
     * @throws dev.tokapu.exception.ChatTemplateException when the model has no chat template
     */
    public static ChatSession open(Model model) {
        return open(model, ChatOptions.defaults());
    }

    /**
     * Opens a conversation.
     *
     * @param model the model to talk to
     * @param options how
     * @return the session, to be closed by the caller
     * @throws dev.tokapu.exception.ChatTemplateException when the model has no chat template and the options give none
     */
    public static ChatSession open(Model model, ChatOptions options) {
        return on(model, options, () -> OwnSequence.open(model, options));
    }

    /** A conversation whose answers are computed elsewhere. */
    private static ChatSession on(Model model, ChatOptions options, Supplier<Answerer> answerers) {
        String jinja = options.template();
        ChatTemplate template = jinja == null ? ChatTemplate.of(model) : ChatTemplate.of(model, jinja);
        try {
            return new ChatSession(model, options, template, answerers.get(), () -> on(model, options, answerers));
        } catch (Throwable e) {
            template.close();
            throw e;
        }
    }

    /**
     * Says something to the model.
     *
     * @param userText what the user says
     * @return the answer, generated as it is read; a new message ends it if it has not ended
     * @throws dev.tokapu.exception.ContextOverflowException when the conversation is longer than the context; it is as before then
     * @throws dev.tokapu.exception.ChatTemplateException when the template refuses the conversation; it is as before then
     */
    public TextStream send(String userText) {
        return send(ChatMessage.user(userText));
    }

    /**
     * Adds a message of any role and lets the model answer.
     *
     * @param message the message
     * @return the answer, generated as it is read; a new message ends it if it has not ended
     * @throws dev.tokapu.exception.ContextOverflowException when the conversation is longer than the context; it is as before then
     * @throws dev.tokapu.exception.ChatTemplateException when the template refuses the conversation; it is as before then
     */
    public TextStream send(ChatMessage message) {
        return send(message, AnswerPrefix.NONE);
    }

    /**
     * Says something to the model and puts the beginning of the answer into its mouth.
     *
     * @param userText what the user says
     * @param answerBeginning how the answer begins; plain text, part of the answer in the history, but not of the stream
     * @return the rest of the answer, generated as it is read
     * @throws dev.tokapu.exception.ContextOverflowException when the conversation is longer than the context; it is as before then
     */
    public TextStream send(String userText, String answerBeginning) {
        return send(ChatMessage.user(userText), AnswerPrefix.of(answerBeginning));
    }

    /**
     * Asks for a value: question and schema go to the model as one message, a grammar keeps the answer to the schema, and the text is checked
     * once more. Stop strings are not looked for, and a model that can reason first does not. What was cut off joins the history too.
     *
     * @param question what the user asks
     * @param type for example a record
     * @param <T> the type
     * @return the value
     * @throws IllegalArgumentException when the type cannot be expressed in JSON; the message names the path to what cannot
     * @throws dev.tokapu.structured.StructuredOutputException when the answer was cut off or cancelled, or the class refuses it
     */
    public <T> T ask(String question, Class<T> type) {
        return ask(question, StructuredType.of(type));
    }

    /**
     * Asks for a value of a generic type, as {@link #ask(String, Class)} does.
     *
     * @param question what the user asks
     * @param type for example {@code new TypeRef<List<Person>>() {}}
     * @param <T> the type
     * @return the value
     */
    public <T> T ask(String question, TypeRef<T> type) {
        return ask(question, StructuredType.of(type));
    }

    /**
     * Asks for a value of a prepared type, as {@link #ask(String, Class)} does.
     *
     * @param question what the user asks
     * @param type the type with its instruction
     * @param <T> the type
     * @return the value
     */
    public <T> T ask(String question, StructuredType<T> type) {
        return askStreaming(question, type).value();
    }

    /**
     * Asks for a value, as {@link #ask(String, Class)} does, and shows it while it grows.
     *
     * @param question what the user asks
     * @param type for example {@code StructuredType.of(Person.class)}
     * @param <T> the type
     * @return the partial values and the value
     */
    public <T> StructuredStream<T> askStreaming(String question, StructuredType<T> type) {
        return type.stream(send(ChatMessage.user(type.prompt(question)), AnswerPrefix.heldTo(type.grammar())));
    }

    private TextStream send(ChatMessage message, AnswerPrefix beginning) {
        guard.enter();
        try {
            requireOpen();
            endCurrent();
            history.add(message);
            try {
                return answer(beginning);
            } catch (Throwable e) {
                answerer.ended();
                history.removeLast();
                throw e;
            }
        } finally {
            guard.leave();
        }
    }

    /**
     * Lets the model go on with its last answer, for example one that ended at {@link ChatOptions#maxTokens()} or was cancelled. A value that was
     * cut off goes on as its type demands, unless it was loaded from a file since; {@link StructuredType#parse} reads the whole from the history.
     *
     * @return the continuation, generated as it is read; the history will have both as one message
     * @throws IllegalStateException when the last message is not a text of the model
     */
    public TextStream continueAnswer() {
        guard.enter();
        try {
            requireOpen();
            endCurrent();
            ChatMessage last = history.removeAnswer();
            AnswerPrefix known = unfinished;
            if (known == null || !known.text().equals(last.content())) {
                known = AnswerPrefix.of(last.content());
            }
            try {
                return answer(known);
            } catch (Throwable e) {
                history.add(last);
                throw e;
            }
        } finally {
            guard.leave();
        }
    }

    private PullTextStream answer(AnswerPrefix beginning) {
        PromptTokenizer.Prompt prompt = prompts.thatFits(beginning);
        List<String> stops = new ArrayList<>(prompt.rendered().stops());
        if (beginning.grammar() == null) {
            stops.addAll(options.stops());
        }
        StreamSettings settings =
                new StreamSettings(options.maxTokens(), stops, options.stoppingCriteria(), options.logProbabilities());
        TokenSource source = answerer.answer(prompt.tokens(), beginning.heldTokens(), beginning.grammar(), settings);
        PullTextStream stream =
                new PullTextStream(source, guard, settings, beginning.half(), ended -> ended(ended, beginning));
        unfinished = null;
        current = stream;
        return stream;
    }

    private void ended(PullTextStream stream, AnswerPrefix beginning) {
        current = null;
        answerer.ended();
        totalUsage = totalUsage.plus(stream.usage());
        String text = beginning.text() + stream.textSoFar();
        if (text.isEmpty() && !stream.isComplete()) {
            history.removeLast();
            return;
        }
        history.add(ChatMessage.assistant(text));
        unfinished = stream.endedBetweenTokens() ? tokenizer.goOn(beginning, text, stream) : null;
    }

    private void endCurrent() {
        PullTextStream stream = current;
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
            return history.all();
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
            history.replace(List.of(), 0);
            unfinished = null;
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

    /**
     * Saves the conversation with what the model knows of it, so that {@link #load} goes on without reading it again.
     *
     * @param file the file, written as {@link SequenceState#save} does; a new one is private to its owner as the conversation is
     * @throws IOException when writing fails; the file is as before
     * @throws UnsupportedOperationException when the session runs on an engine
     */
    public void save(Path file) throws IOException {
        guard.enter();
        try {
            requireOpen();
            endCurrent();
            try (SequenceState state = own("save").state()) {
                AtomicFile.write(file, out -> ChatFile.write(history.all(), unfinished, state, out));
            }
        } finally {
            guard.leave();
        }
    }

    /**
     * Goes on with a saved conversation in place of this one.
     *
     * @param file the file
     * @return whether the model knows it already; false when it was saved with another model, release or other settings of the context, or this session runs on an engine: then the
     *     model reads it again with the next message
     * @throws IOException when reading fails; the conversation is as before
     * @throws dev.tokapu.exception.SequenceStateException when the file is not a saved conversation, or is damaged; the conversation is as before
     */
    public boolean load(Path file) throws IOException {
        guard.enter();
        try {
            requireOpen();
            endCurrent();
            ChatFile.Saved saved;
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
                saved = ChatFile.read(in);
            }
            try (SequenceState state = saved.state()) {
                unfinished = null;
                history.replace(saved.messages(), 0);
                boolean known = answerer instanceof OwnSequence own && own.restore(state);
                unfinished = known ? saved.unfinished() : null;
                return known;
            }
        } finally {
            guard.leave();
        }
    }

    /**
     * A second session that goes on from the same place, with a context of its own unless both run on an engine. Later messages of one do not show in the other.
     *
     * @return the other session, to be closed by the caller
     */
    public ChatSession fork() {
        guard.enter();
        try {
            requireOpen();
            endCurrent();
            ChatSession other = another.get();
            try {
                other.history.replace(history.all(), history.forgotten());
                other.unfinished = unfinished;
                if (answerer instanceof OwnSequence own) {
                    try (SequenceState state = own.state()) {
                        other.own("fork").restore(state);
                    }
                }
                return other;
            } catch (Throwable e) {
                other.close();
                throw e;
            }
        } finally {
            guard.leave();
        }
    }

    /** Ends the answer that is being generated, within one token. Any thread; does nothing when there is none. */
    public void cancel() {
        PullTextStream stream = current;
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
     * @throws UnsupportedOperationException when the session runs on an engine
     */
    public Context context() {
        return own("show").context();
    }

    private OwnSequence own(String what) {
        if (answerer instanceof OwnSequence own) {
            return own;
        }
        throw new UnsupportedOperationException("this session runs on an engine and has no context of its own to "
                + what + "; ChatSession.open(model) opens one that has, and history() has the messages");
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

    /** Frees what the session holds; an answer that is being generated ends with an exception, on an engine as cancelled. Idempotent. */
    @Override
    public void close() {
        closed = true;
        answerer.close();
        template.close();
    }

    @Override
    public String toString() {
        return "ChatSession[" + model + (closed ? ", closed" : "") + "]";
    }
}
