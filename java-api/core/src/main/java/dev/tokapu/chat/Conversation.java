package dev.tokapu.chat;

import dev.tokapu.Model;
import dev.tokapu.SequenceState;
import dev.tokapu.completion.ContextGenerator;
import dev.tokapu.internal.util.ThreadGuard;
import dev.tokapu.text.ContextShift;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.StatefulGenerator;
import dev.tokapu.text.TextGenerator;
import dev.tokapu.text.TokenPrompt;
import dev.tokapu.text.Usage;
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
    private volatile @Nullable ChatStream current;
    private @Nullable AnswerPrefix unfinished;
    private volatile boolean closed;
    private Usage totalUsage = Usage.NONE;

    private Conversation(TextGenerator generator, boolean ownsGenerator, ChatOptions options) {
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

    /** With a generator of its own. */
    static Conversation open(Model model, ChatOptions options) {
        ContextGenerator generator = ContextGenerator.open(model, options.context(), options.contextShift());
        try {
            generator.prepare(options.generation());
        } catch (Throwable e) {
            generator.close();
            throw e;
        }
        return owning(generator, options);
    }

    /** With a generator that others may use, too. */
    static Conversation with(TextGenerator generator, ChatOptions options) {
        if (!options.contextShift().equals(ContextShift.none())) {
            throw new UnsupportedOperationException("what is forgotten of a text that fills the context is up to "
                    + generator + ", and an engine forgets nothing; take ContextShift.none() here, and raise"
                    + " EngineOptions.sequenceContextSize if need be, or use ChatSession.open(model, options)");
        }
        return new Conversation(generator, false, options);
    }

    /** With a generator of its own, which is closed with it, or when this fails. */
    static Conversation owning(StatefulGenerator generator, ChatOptions options) {
        try {
            return new Conversation(generator, true, options);
        } catch (Throwable e) {
            generator.close();
            throw e;
        }
    }

    private void addSystemPrompt() {
        String systemPrompt = options.systemPrompt();
        if (systemPrompt != null) {
            history.add(ChatMessage.system(systemPrompt));
        }
    }

    ChatStream send(ChatMessage message, AnswerPrefix prefix) {
        return send(message, prefix, options.generation());
    }

    ChatStream send(ChatMessage message, GenerationOptions overrides) {
        return send(message, AnswerPrefix.NONE, options.generation().overriddenBy(overrides));
    }

    private ChatStream send(ChatMessage message, AnswerPrefix prefix, GenerationOptions generation) {
        return guard.call(() -> {
            endCurrent();
            history.add(message);
            try {
                return answer(prefix, generation);
            } catch (Throwable e) {
                history.removeLast();
                throw e;
            }
        });
    }

    ChatStream continueAnswer() {
        return guard.call(() -> {
            endCurrent();
            ChatMessage last = history.removeAnswer();
            AnswerPrefix known = unfinished;
            if (known == null || !known.text().equals(last.content())) {
                known = AnswerPrefix.of(last.content());
            }
            try {
                return answer(known, options.generation());
            } catch (Throwable e) {
                history.add(last);
                throw e;
            }
        });
    }

    private ChatStream answer(AnswerPrefix prefix, GenerationOptions generation) {
        ChatPrompts.Fitted prompt = prompts.thatFits(prefix);
        TokenPrompt tokens = TokenPrompt.of(prompt.tokens())
                .withKept(prompt.kept())
                .withGrammarTokens(prefix.heldTokens().length)
                .withCutCharacter(prefix.half());
        GenerationOptions all = prefix.options(generation, prompt.rendered().stops());
        ChatStream stream = new ChatStream(generator.generate(tokens, all), guard, ended -> ended(ended, prefix));
        unfinished = null;
        current = stream;
        return stream;
    }

    private void ended(ChatStream stream, AnswerPrefix prefix) {
        current = null;
        totalUsage = totalUsage.plus(stream.usage());
        String text = prefix.text() + stream.textSoFar();
        FinishReason why = stream.reason();
        if (text.isEmpty() && !isWhole(stream, why)) {
            history.removeLast();
            return;
        }
        history.add(ChatMessage.assistant(text));
        unfinished = why != null && why.isCutOff() ? tokenizer.goOn(prefix, text, stream.tokens()) : null;
    }

    /** Whether an answer without a character is one all the same. */
    private static boolean isWhole(ChatStream stream, @Nullable FinishReason why) {
        boolean begun = why != FinishReason.STOP_CRITERION || stream.tokens().length > 0;
        return why != null && why != FinishReason.CANCELLED && why != FinishReason.DEADLINE && begun;
    }

    private void endCurrent() {
        if (closed) {
            throw new IllegalStateException("the chat session is closed");
        }
        ChatStream stream = current;
        if (stream != null) {
            stream.end();
        }
    }

    /** An answer that an engine has ended belongs to the conversation, read or not. */
    private void takeEnded() {
        ChatStream stream = current;
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
            Conversation other = owning(another, options);
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
        ChatStream stream = current;
        if (stream != null) {
            stream.cancel();
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
