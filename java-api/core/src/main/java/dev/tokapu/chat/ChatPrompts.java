package dev.tokapu.chat;

import dev.tokapu.exception.ChatTemplateException;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.internal.text.Answerer;
import java.util.ArrayList;
import java.util.Arrays;
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

    /** Whether the last prompt let the model reason first. */
    private boolean thinking;

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
    PromptTokenizer.Prompt thatFits(AnswerPrefix beginning) {
        thinking = options.enableThinking() && beginning.grammar() == null;
        int size = answerer.longestPrompt();
        PromptTokenizer.Prompt prompt = prompt(history.shown(), beginning);
        while (prompt.tokens().length > size) {
            int length = prompt.tokens().length;
            int surplus = answerer.surplus(length);
            if (surplus == 0) {
                throw answerer.tooLong(length);
            }
            while (prompt.tokens().length > length - surplus && history.forgetOldest()) {
                prompt = prompt(history.shown(), beginning);
            }
            if (prompt.tokens().length == length) {
                throw answerer.tooLong(length);
            }
        }
        return prompt;
    }

    private PromptTokenizer.Prompt prompt(List<ChatMessage> messages, AnswerPrefix beginning) {
        ChatRequest request = ChatRequest.builder(messages)
                .tools(options.tools())
                .arguments(options.templateArguments())
                .enableThinking(thinking)
                .build();
        return tokenizer.withBeginning(tokenizer.tokenize(template, request), beginning);
    }

    /**
     * The tokens that every prompt of this conversation begins with, whatever the user says: the system prompt, tools and what else the
     * template puts there, wherever it does so.
     */
    int[] beginning() {
        try {
            int[] one = beginning("x");
            int[] other = beginning("7");
            int differs = Arrays.mismatch(one, other);
            return differs < 0 ? one : Arrays.copyOf(one, differs);
        } catch (ChatTemplateException e) {
            return new int[0];
        }
    }

    private int[] beginning(String userText) {
        List<ChatMessage> messages = new ArrayList<>(history.system());
        messages.add(ChatMessage.user(userText));
        return prompt(messages, AnswerPrefix.NONE).tokens();
    }
}
