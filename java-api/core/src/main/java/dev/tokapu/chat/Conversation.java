package dev.tokapu.chat;

import dev.tokapu.Model;
import dev.tokapu.SequenceState;
import dev.tokapu.internal.util.ThreadGuard;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.StatefulGenerator;
import dev.tokapu.text.TextGenerator;
import dev.tokapu.text.Usage;
import dev.tokapu.tool.ToolResult;
import dev.tokapu.tool.Tools;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ChatSession} consists of: the history, and the answer that is being generated, which joins it when it ends.
 *
 * <p>Thread safety: confined, but for {@link #cancel} and {@link #close}.
 */
final class Conversation implements AutoCloseable {

    final TextGenerator generator;
    final ChatOptions options;
    private final boolean ownsGenerator;
    private final ChatTemplate template;
    private final PromptTokenizer tokenizer;
    private final ThreadGuard guard = new ThreadGuard("ChatSession");
    private final ChatHistory history = new ChatHistory();
    private final ChatPrompts prompts;
    private volatile @Nullable ChatAnswer current;
    private volatile @Nullable ToolLoop toolLoop;
    private @Nullable AnswerPrefix unfinished;
    private volatile boolean closed;
    private Usage totalUsage = Usage.NONE;

    Conversation(TextGenerator generator, boolean ownsGenerator, ChatOptions options) {
        Model model = generator.model();
        String jinja = options.template();
        this.generator = generator;
        this.ownsGenerator = ownsGenerator;
        this.options = options;
        this.template = jinja == null ? ChatTemplate.of(model) : ChatTemplate.of(model, jinja);
        this.tokenizer = new PromptTokenizer(model.vocab());
        this.prompts = new ChatPrompts(generator, options, template, tokenizer, history);
        addSystemPrompt();
    }

    private void addSystemPrompt() {
        String systemPrompt = options.systemPrompt();
        if (systemPrompt != null) {
            history.add(ChatMessage.system(systemPrompt));
        }
    }

    /** How answers are made unless told otherwise. */
    Turn turn() {
        return Turn.of(options);
    }

    ChatAnswer send(ChatMessage message, Turn turn) {
        return send(List.of(message), turn);
    }

    /** Asks a question and runs the tools that the model calls. */
    ChatAnswer ask(ChatMessage question, Turn turn, Tools tools, ToolLoopListener listener) {
        ToolLoop loop = new ToolLoop(this, turn, tools, listener);
        toolLoop = loop;
        try {
            return loop.run(question);
        } finally {
            toolLoop = null;
        }
    }

    /** Adds results of tool calls without an answer to them. */
    void addResults(List<ToolResult> results) {
        guard.run(() -> messages(results).forEach(history::add));
    }

    private static List<ChatMessage> messages(List<ToolResult> results) {
        return results.stream()
                .map(result -> ChatMessage.tool(result.callId(), result.text()))
                .toList();
    }

    /** Adds the results of the tool calls of the last message. */
    ChatAnswer sendResults(List<ToolResult> results, Turn turn) {
        guard.run(() -> {
            endCurrent();
            history.requireCalls(results);
        });
        return send(messages(results), turn);
    }

    private ChatAnswer send(List<ChatMessage> messages, Turn turn) {
        return guard.call(() -> {
            endCurrent();
            messages.forEach(history::add);
            try {
                return answer(turn);
            } catch (Throwable e) {
                messages.forEach(message -> history.removeLast());
                throw e;
            }
        });
    }

    ChatAnswer continueAnswer() {
        return guard.call(() -> {
            endCurrent();
            ChatMessage last = history.removeAnswer();
            AnswerPrefix known = unfinished;
            if (known == null) {
                known = AnswerPrefix.of(last.content());
            }
            try {
                return answer(turn().with(known));
            } catch (Throwable e) {
                history.add(last);
                unfinished = known;
                throw e;
            }
        });
    }

    private ChatAnswer answer(Turn turn) {
        ChatPrompt prompt = prompts.thatFits(turn);
        try {
            GenerationOptions all = prompt.options(turn.generation(), Conversations.sampleOnCpu(generator));
            ChatAnswer answer = prompt.answer(
                    generator.generate(prompt.tokens(), all), guard, ended -> ended(ended, turn.prefix()));
            unfinished = null;
            current = answer;
            return answer;
        } catch (Throwable e) {
            prompt.discard();
            throw e;
        }
    }

    private void ended(ChatAnswer answer, AnswerPrefix prefix) {
        current = null;
        totalUsage = totalUsage.plus(answer.usage());
        ChatMessage message = answer.messageSoFar();
        FinishReason why = answer.reason();
        boolean empty = message.content().isEmpty()
                && message.reasoning().isEmpty()
                && message.toolCalls().isEmpty();
        if (empty && !isWhole(answer, why)) {
            history.takeBackQuestion();
            return;
        }
        history.add(message);
        boolean goesOn = why != null && why.isCutOff() && message.toolCalls().isEmpty();
        unfinished = goesOn ? tokenizer.goOn(prefix, prefix.text() + answer.rawText(), answer.tokens()) : null;
    }

    /** Whether an answer without a character is one all the same. */
    private static boolean isWhole(ChatAnswer stream, @Nullable FinishReason why) {
        boolean begun = why != FinishReason.STOP_CRITERION || stream.tokens().length > 0;
        return why != null && why != FinishReason.CANCELLED && why != FinishReason.DEADLINE && begun;
    }

    private void endCurrent() {
        if (closed) {
            throw new IllegalStateException("the chat session is closed");
        }
        ChatAnswer stream = current;
        if (stream != null) {
            stream.end();
        }
    }

    /** An answer that an engine has ended belongs to the conversation, read or not. */
    private void takeEnded() {
        ChatAnswer stream = current;
        if (stream != null) {
            stream.tellEnd();
        }
    }

    List<ChatMessage> history() {
        return guard.call(() -> {
            takeEnded();
            return history.all();
        });
    }

    Usage totalUsage() {
        return guard.call(() -> {
            takeEnded();
            return totalUsage;
        });
    }

    void reset() {
        guard.run(() -> {
            endCurrent();
            history.replace(List.of(), 0);
            unfinished = null;
            addSystemPrompt();
        });
    }

    void save(Path file) throws IOException {
        guard.run(() -> {
            endCurrent();
            ChatArchive.save(file, history.all(), unfinished, stateful("save"));
        });
    }

    boolean load(Path file) throws IOException {
        return guard.call(() -> {
            endCurrent();
            ChatFile.Saved saved = ChatArchive.load(file);
            try (SequenceState state = saved.state()) {
                unfinished = null;
                history.replace(saved.messages(), 0);
                boolean known = generator instanceof StatefulGenerator stateful && stateful.restore(state);
                unfinished = known ? saved.unfinished() : null;
                return known;
            }
        });
    }

    Conversation fork() {
        return guard.call(() -> {
            endCurrent();
            if (!(generator instanceof StatefulGenerator stateful)) {
                Conversation other = new Conversation(generator, false, options);
                other.goOnFrom(this);
                return other;
            }
            StatefulGenerator another = stateful.another();
            Conversation other = Conversations.owning(another, options);
            try (SequenceState state = stateful.state()) {
                other.goOnFrom(this);
                another.restore(state);
                return other;
            } catch (Throwable e) {
                other.close();
                throw e;
            }
        });
    }

    private void goOnFrom(Conversation other) {
        history.replace(other.history.all(), other.history.forgotten());
        unfinished = other.unfinished;
    }

    StatefulGenerator stateful(String what) {
        if (generator instanceof StatefulGenerator stateful) {
            return stateful;
        }
        throw new UnsupportedOperationException("this session runs on an engine and has no context of its own to "
                + what + "; ChatSession.open(model) opens one that has, and history() has the messages");
    }

    void cancel() {
        ToolLoop loop = toolLoop;
        if (loop != null) {
            loop.cancel();
        }
        ChatAnswer stream = current;
        if (stream != null) {
            stream.cancel();
        }
    }

    void endReasoning() {
        ChatAnswer answer = current;
        if (answer != null) {
            answer.endReasoning();
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        if (ownsGenerator && generator instanceof StatefulGenerator stateful) {
            stateful.close();
        } else {
            cancel();
        }
        template.close();
    }
}
