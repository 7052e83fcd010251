package dev.tokapu.engine;

import dev.tokapu.Model;
import dev.tokapu.chat.ChatPrompt;
import dev.tokapu.chat.ChatTokenizer;
import dev.tokapu.internal.text.PromptText;
import dev.tokapu.text.TokenPrompt;
import org.jspecify.annotations.Nullable;

/**
 * Prompts as tokens, made on the threads of those who submit.
 *
 * <p>Thread safety: safe.
 */
final class RequestTokenizer implements AutoCloseable {

    private final Model model;
    private @Nullable ChatTokenizer chatTokenizer;
    private boolean closed;

    RequestTokenizer(Model model) {
        this.model = model;
    }

    /** A prompt as tokens; of a conversation, with what its answer has to be. */
    record Tokenized(TokenPrompt prompt, @Nullable ChatPrompt chat) {}

    Tokenized tokenize(Prompt prompt) {
        if (prompt instanceof Prompt.Tokens tokens) {
            check(tokens.prompt().tokens());
            return new Tokenized(tokens.prompt(), null);
        }
        if (prompt instanceof Prompt.Chat chat) {
            ChatPrompt conversation = chatTokenizer().tokenize(chat.request());
            return new Tokenized(conversation.tokens(), conversation);
        }
        Prompt.Text text = (Prompt.Text) prompt;
        int[] tokens = PromptText.tokens(model.vocab(), text.text(), false);
        if (tokens.length == 0) {
            throw new IllegalArgumentException("the prompt has no tokens; give at least one character");
        }
        return new Tokenized(TokenPrompt.of(tokens), null);
    }

    private void check(int[] tokens) {
        int vocabSize = model.vocab().size();
        for (int token : tokens) {
            if (token < 0 || token >= vocabSize) {
                throw new IllegalArgumentException("the prompt contains the token " + token
                        + "; the vocabulary has the tokens 0 to " + (vocabSize - 1));
            }
        }
    }

    private synchronized ChatTokenizer chatTokenizer() {
        ChatTokenizer made = chatTokenizer;
        if (made == null) {
            if (closed) {
                throw new IllegalStateException("the engine is closed");
            }
            made = ChatTokenizer.of(model);
            chatTokenizer = made;
        }
        return made;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (chatTokenizer != null) {
            chatTokenizer.close();
        }
    }
}
