package dev.tokapu.chat;

import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.TextGenerator;
import dev.tokapu.text.Usage;
import dev.tokapu.tool.ToolResult;
import dev.tokapu.tool.Tools;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * One conversation with a model: it keeps the history, and the KV cache of its own context keeps what was decoded, so that a
 * new message costs only its own tokens.
 *
 * <pre>{@code
 * try (Model model = Model.load(Path.of("model.gguf"));
 *         ChatSession chat = ChatSession.open(model)) {
 *     chat.askStreaming("Why is the sky blue?").forEach(System.out::print);
 *     String evening = chat.ask("And at sunset?");
 * }
 * }</pre>
 *
 * <p>{@code engine.chat()} opens a session that runs on an engine and has no KV cache of its own.
 *
 * <p>Control tokens in user text are plain text. An answer joins the history when it ends. A cancelled answer is kept as far
 * as it was generated; if it had no text yet, question and answer are both removed. Interrupting the reading thread cancels
 * the answer within a token.
 *
 * <p>Without an engine, the reading thread computes the answer in native code. This pins the carrier of a virtual thread
 * until all of a prompt is processed: use platform threads, or an engine.
 *
 * <p>Thread safety: confined; use a session and its streams in one thread at a time. Concurrent use throws an
 * {@link IllegalStateException}. {@link #cancel()} and {@link #close()} may be called by any thread.
 *
 * @since 0.1
 */
public final class ChatSession implements AutoCloseable {

    private final Conversation conversation;

    private ChatSession(Conversation conversation) {
        this.conversation = conversation;
    }

    /**
     * {@return a conversation with {@link ChatOptions#defaults()}, to be closed by the caller}
     *
     * @param model the model to talk to
     */
    public static ChatSession open(Model model) {
        return open(model, ChatOptions.defaults());
    }

    /**
     * {@return a conversation with a context of its own, to be closed by the caller}
     *
     * @param model the model to talk to
     * @param options how
     * @throws dev.tokapu.exception.ChatTemplateException when the model has no chat template and the options give none
     */
    public static ChatSession open(Model model, ChatOptions options) {
        return new ChatSession(Conversations.open(model, options));
    }

    /**
     * {@return a conversation whose answers a generator makes, for example an engine, to be closed by the caller} A generator that remembers its
     * last text should have one conversation at a time.
     *
     * @param generator makes the answers; it stays open when the session is closed
     * @param options how; {@link ChatOptions#context()} means nothing, the context is the generator's
     * @throws UnsupportedOperationException when the options want a full context to be shifted, which is up to the generator
     */
    public static ChatSession open(TextGenerator generator, ChatOptions options) {
        return new ChatSession(Conversations.with(generator.forChat(), options));
    }

    /** {@return the answer to a question; what there was of it after a cancel or an interrupt} */
    public String ask(String question) {
        return askStreaming(question).text();
    }

    /**
     * {@return the answer to a question, with other options for this answer only}
     *
     * @param question what the user asks
     * @param overrides what is set here comes before the options of the session
     */
    public String ask(String question, GenerationOptions overrides) {
        return askStreaming(question, overrides).text();
    }

    /**
     * {@return the answer to a question while it grows, to be read; the same as {@link #send(String)}}
     *
     * @param question what the user asks
     */
    public ChatAnswer askStreaming(String question) {
        return send(question);
    }

    /**
     * {@return the answer to a question while it grows, with other options for this answer only}
     *
     * @param question what the user asks
     * @param overrides what is set here comes before the options of the session
     */
    public ChatAnswer askStreaming(String question, GenerationOptions overrides) {
        return send(ChatMessage.user(question), overrides);
    }

    /**
     * Asks for a value: question and schema are one message, a grammar keeps the answer to the schema, and the text is checked once more. Stop
     * strings are not looked for. A model that thinks does so first. What was cut off joins the history too, and is an exception here.
     *
     * @param question what the user asks
     * @param type for example a record
     * @param <T> the type
     * @return the value
     * @throws IllegalArgumentException when the type cannot be expressed in JSON; the message names the path to what cannot
     * @throws UnsupportedOperationException when the artifact {@code tokapu-structured} is not there
     */
    public <T> T ask(String question, Class<T> type) {
        return ask(question, AnswerTypesLoader.find().of(type));
    }

    /**
     * {@return a value of a generic type, as {@link #ask(String, Class)} gives it}
     *
     * @param question what the user asks
     * @param type for example {@code new TypeRef<List<Person>>() {}}
     * @param <T> the type
     */
    public <T> T ask(String question, TypeRef<T> type) {
        return ask(question, AnswerTypesLoader.find().of(type));
    }

    /**
     * {@return a value of a prepared type, as {@link #ask(String, Class)} gives it}
     *
     * @param question what the user asks
     * @param type for example {@code StructuredType.of(Person.class)}
     * @param <T> the type
     */
    public <T> T ask(String question, AnswerType<T, ?> type) {
        return type.read(send(question, type));
    }

    /**
     * {@return a value while it grows, as {@link #ask(String, Class)} gives the whole}
     *
     * @param question what the user asks
     * @param type for example {@code StructuredType.of(Person.class)}
     * @param <S> the partial values and the value
     */
    public <S> S askStreaming(String question, AnswerType<?, S> type) {
        return type.stream(send(question, type));
    }

    private ChatAnswer send(String question, AnswerType<?, ?> type) {
        return conversation.send(
                ChatMessage.user(type.prompt(question)), conversation.turn().with(AnswerPrefix.heldTo(type.grammar())));
    }

    /**
     * {@return the answer to a question for which the model may call tools, which are run until it answers}
     *
     * @param question what the user asks
     * @param tools the tools, with their limits and hooks
     * @throws dev.tokapu.exception.ToolLimitException when the model goes on calling tools beyond the limits
     */
    public String ask(String question, Tools tools) {
        return ask(question, tools, ToolLoopListener.NONE).text();
    }

    /**
     * {@return the answer, as {@link #ask(String, Tools)} gives it, read to its end}
     *
     * @param question what the user asks
     * @param tools the tools
     * @param listener told of everything on the way
     */
    public ChatAnswer ask(String question, Tools tools, ToolLoopListener listener) {
        return conversation.ask(ChatMessage.user(question), conversation.turn(), tools, listener);
    }

    /**
     * {@return a value, after as many tool calls as the model wants} Grammars hold each answer to a tool call or the type.
     *
     * @param question what the user asks
     * @param type for example a record
     * @param tools the tools
     * @param <T> the type
     */
    public <T> T ask(String question, Class<T> type, Tools tools) {
        return ask(question, AnswerTypesLoader.find().of(type), tools, ToolLoopListener.NONE);
    }

    /**
     * {@return a value of a prepared type, as {@link #ask(String, Class, Tools)} gives it}
     *
     * @param question what the user asks
     * @param type for example {@code StructuredType.of(Person.class)}
     * @param tools the tools
     * @param listener told of everything on the way
     * @param <T> the type
     */
    public <T> T ask(String question, AnswerType<T, ?> type, Tools tools, ToolLoopListener listener) {
        Turn turn = conversation.turn().with(AnswerPrefix.heldTo(type.grammar()));
        return type.read(conversation.ask(ChatMessage.user(type.prompt(question)), turn, tools, listener));
    }

    /** {@return the answer to what the user says, as {@link #send(ChatMessage)} gives it} */
    public ChatAnswer send(String userText) {
        return send(ChatMessage.user(userText));
    }

    /**
     * Adds a message of any role and lets the model answer.
     *
     * @param message the message
     * @return the answer; do not drop it: without an engine it is generated as it is read, and not otherwise. The next message cancels it
     * @throws dev.tokapu.exception.ContextOverflowException when the conversation is longer than the context; it is as before then
     * @throws dev.tokapu.exception.ChatTemplateException when the template refuses the conversation; it is as before then
     */
    public ChatAnswer send(ChatMessage message) {
        return conversation.send(message, conversation.turn());
    }

    /**
     * {@return the answer to a message, as {@link #send(ChatMessage)} gives it, with other options for this answer only}
     *
     * @param message the message
     * @param overrides what is set here comes before the options of the session
     * @throws IllegalArgumentException when single values are set here, and the session has samplers
     */
    public ChatAnswer send(ChatMessage message, GenerationOptions overrides) {
        return conversation.send(message, conversation.turn().overriddenBy(overrides));
    }

    /**
     * {@return the rest of an answer whose prefix is put into the model's mouth, as {@link #send(ChatMessage)} gives it}
     *
     * @param userText what the user says
     * @param answerPrefix the answer prefix: plain text, part of the answer in the history, but not of the stream
     */
    public ChatAnswer send(String userText, String answerPrefix) {
        return conversation.send(ChatMessage.user(userText), conversation.turn().with(AnswerPrefix.of(answerPrefix)));
    }

    /**
     * {@return the rest of the last answer, for example of one that ended at {@code maxTokens} or was cancelled; both will be one message} A
     * value goes on as its type demands, unless it was loaded from a file since; its type can read the whole from the history.
     *
     * @throws IllegalStateException when the last message is not a text of the model
     */
    public ChatAnswer continueAnswer() {
        return conversation.continueAnswer();
    }

    /**
     * Adds the results of the tool calls of the last answer and lets the model go on.
     *
     * @param results one for each of {@link ChatAnswer#toolCalls}
     * @return the next answer, as {@link #send(ChatMessage)} gives it; it may call tools again
     * @throws IllegalStateException when the last message has no tool calls
     * @throws IllegalArgumentException when the results are of other calls
     */
    public ChatAnswer sendToolResults(List<ToolResult> results) {
        return conversation.sendResults(results, conversation.turn());
    }

    /** {@return an unmodifiable copy of the conversation so far, oldest first, the system prompt included} */
    public List<ChatMessage> history() {
        return conversation.history();
    }

    /** Begins a new conversation with the same system prompt; an answer that has not ended is cancelled. */
    public void reset() {
        conversation.reset();
    }

    /**
     * Saves the conversation with what the model knows of it, so that {@link #load} goes on without reading it again.
     *
     * @param file the file; a new one is private to its owner as the conversation is
     * @throws IOException when writing fails; the file is as before
     * @throws UnsupportedOperationException when the session runs on an engine
     */
    public void save(Path file) throws IOException {
        conversation.save(file);
    }

    /**
     * Goes on with a saved conversation in place of this one.
     *
     * @param file the file
     * @return whether the model knows it; if not (other model, release or settings, or an engine), it reads it again with the next message
     * @throws IOException when reading fails; the conversation is as before
     * @throws dev.tokapu.exception.SequenceStateException when the file is not a saved conversation, or is damaged; the conversation is as before
     */
    public boolean load(Path file) throws IOException {
        return conversation.load(file);
    }

    /**
     * {@return a second session that goes on from the same place, with a context of its own unless both run on an engine, to be closed by
     * the caller} Later messages of one do not show in the other.
     */
    public ChatSession fork() {
        return new ChatSession(conversation.fork());
    }

    /** Ends the answer that is being generated, within one token. Any thread; does nothing when there is none. */
    public void cancel() {
        conversation.cancel();
    }

    /**
     * Ends the thought that is being generated, with the next token, so that the model answers. Any thread; does nothing when there is
     * none.
     *
     * @throws UnsupportedOperationException when the model runs on a GPU or an engine, and {@code ReasoningOptions} have no budget
     */
    public void endReasoning() {
        conversation.endReasoning();
    }

    /** {@return the tokens of all answers that have ended} */
    public Usage totalUsage() {
        return conversation.totalUsage();
    }

    /** {@return the model} */
    public Model model() {
        return conversation.generator.model();
    }

    /** {@return the settings} */
    public ChatOptions options() {
        return conversation.options;
    }

    /**
     * {@return the context that the session decodes in, closed with it: sequence 0 holds the conversation} Reading from it is fine; decoding
     * in it or changing its KV cache is not.
     *
     * @throws UnsupportedOperationException when the session runs on an engine
     */
    public Context context() {
        return conversation.stateful("show").context();
    }

    /** {@return whether it is closed} */
    public boolean isClosed() {
        return conversation.isClosed();
    }

    /** Frees what the session holds; an answer that is being generated ends with an exception, on an engine as cancelled. Idempotent. */
    @Override
    public void close() {
        conversation.close();
    }

    @Override
    public String toString() {
        return "ChatSession[" + model() + (isClosed() ? ", closed" : "") + "]";
    }
}
