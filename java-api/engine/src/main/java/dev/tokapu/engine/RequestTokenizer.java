package dev.tokapu.engine;

import dev.tokapu.Model;
import dev.tokapu.chat.ChatMessage;
import dev.tokapu.chat.ChatPrompt;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.chat.ChatTokenizer;
import dev.tokapu.exception.ChatTemplateException;
import dev.tokapu.internal.text.PromptText;
import dev.tokapu.text.TokenPrompt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Prompts as tokens, made on the threads of those who submit.
 *
 * <p>Thread safety: safe.
 */
final class RequestTokenizer implements AutoCloseable {

    private final Model model;
    private final @Nullable String template;
    private @Nullable ChatTokenizer chatTokenizer;
    private boolean closed;

    /** {@code template}: of conversations; null for the model's own. */
    RequestTokenizer(Model model, @Nullable String template) {
        this.model = model;
        this.template = template;
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

    /**
     * What prompts have in common that begin so, as tokens; of a conversation what comes before the text of the next message of the user,
     * where the template takes one there.
     */
    int[] tokenizeBeginning(Prompt prompt) {
        if (!(prompt instanceof Prompt.Chat chat) || chat.request().continueFinalMessage()) {
            return tokenize(prompt).prompt().tokens();
        }
        try {
            int[] one = followed(chat.request(), "A");
            int[] other = followed(chat.request(), "?");
            int mismatch = Arrays.mismatch(one, other);
            return mismatch < 0 ? one : Arrays.copyOf(one, Math.max(1, mismatch));
        } catch (ChatTemplateException e) {
            return tokenize(prompt).prompt().tokens(); // no message of the user there
        }
    }

    private int[] followed(ChatRequest request, String text) {
        List<ChatMessage> messages = new ArrayList<>(request.messages());
        messages.add(ChatMessage.user(text));
        return chatTokenizer().tokenize(request.withMessages(messages)).tokens().tokens();
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
            made = template == null ? ChatTokenizer.of(model) : ChatTokenizer.of(model, template);
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
