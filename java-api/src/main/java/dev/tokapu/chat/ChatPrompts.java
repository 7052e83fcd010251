package dev.tokapu.chat;

import dev.tokapu.ChatTemplateException;
import dev.tokapu.ContextOverflowException;
import dev.tokapu.internal.Answerer;
import java.util.List;

/**
 * The prompts of one conversation: rendered by its template, tokenized, and no longer than its context.
 *
 * <p>Thread safety: confined.
 */
final class ChatPrompts {

    private final Answerer answerer;
    private final ChatOptions options;
    private final ChatTemplate template;
    private final PromptTokenizer tokenizer;
    private final ChatHistory history;

    ChatPrompts(
            Answerer answerer,
            ChatOptions options,
            ChatTemplate template,
            PromptTokenizer tokenizer,
            ChatHistory history) {
        this.answerer = answerer;
        this.options = options;
        this.template = template;
        this.tokenizer = tokenizer;
        this.history = history;
    }

    /**
     * The prompt for the answer to the last message. It leaves out the oldest messages until the rest fits, as far as the
     * strategy says so.
     *
     * @throws ContextOverflowException when it is longer than the context all the same
     */
    PromptTokenizer.Prompt thatFits(AnswerBeginning beginning, boolean thinking) {
        int size = answerer.longestPrompt();
        PromptTokenizer.Prompt prompt = prompt(history.shown(), beginning, thinking);
        while (prompt.tokens().length > size) {
            int length = prompt.tokens().length;
            int surplus = answerer.surplus(length);
            if (surplus == 0) {
                throw new ContextOverflowException(length, size);
            }
            while (prompt.tokens().length > length - surplus && history.forgetOldest()) {
                prompt = prompt(history.shown(), beginning, thinking);
            }
            if (prompt.tokens().length == length) {
                throw new ContextOverflowException(length, size);
            }
        }
        return prompt;
    }

    private PromptTokenizer.Prompt prompt(List<ChatMessage> messages, AnswerBeginning beginning, boolean thinking) {
        ChatRequest request = ChatRequest.builder(messages)
                .tools(options.tools())
                .arguments(options.templateArguments())
                .enableThinking(thinking && beginning.grammar() == null)
                .build();
        return tokenizer.withBeginning(tokenizer.tokenize(template, request), beginning);
    }

    /** The tokens of the system prompt, as far as templates that render it alone can tell. */
    int[] systemPrompt() {
        if (history.system().isEmpty()) {
            return new int[0];
        }
        try {
            ChatRequest request = ChatRequest.builder(history.system())
                    .addGenerationPrompt(false)
                    .build();
            return tokenizer.tokenize(template, request).tokens();
        } catch (ChatTemplateException e) {
            return new int[0];
        }
    }
}
