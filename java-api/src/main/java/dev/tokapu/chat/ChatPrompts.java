package dev.tokapu.chat;

import dev.tokapu.ChatTemplateException;
import dev.tokapu.Context;
import dev.tokapu.ContextOverflowException;
import dev.tokapu.internal.ContextRoom;
import dev.tokapu.internal.SequenceSource;
import dev.tokapu.internal.SequenceTokens;
import dev.tokapu.sampling.SamplerChain;
import java.util.List;

/**
 * The prompts of one conversation: rendered by its template, tokenized, and no longer than its context.
 *
 * <p>Thread safety: confined.
 */
final class ChatPrompts {

    private final Context context;
    private final ChatOptions options;
    private final ChatTemplate template;
    private final PromptTokenizer tokenizer;
    private final ChatHistory history;
    private final SequenceTokens cached;
    private final ContextRoom room;

    ChatPrompts(
            Context context,
            ChatOptions options,
            ChatTemplate template,
            PromptTokenizer tokenizer,
            ChatHistory history,
            SequenceTokens cached) {
        this.context = context;
        this.options = options;
        this.template = template;
        this.tokenizer = tokenizer;
        this.history = history;
        this.cached = cached;
        this.room = new ContextRoom(context, options.contextShift(), this::systemTokens);
    }

    /** What generates the answer to a prompt that ends with its beginning. */
    SequenceSource source(PromptTokenizer.Prompt prompt, SamplerChain samplers, AnswerBeginning beginning) {
        return new SequenceSource(context, samplers, cached, prompt.tokens(), beginning.heldTokens(), room);
    }

    /**
     * The prompt for the answer to the last message. It leaves out the oldest messages until the rest fits, as far as the
     * strategy says so.
     *
     * @throws ContextOverflowException when it is longer than the context all the same
     */
    PromptTokenizer.Prompt thatFits(AnswerBeginning beginning, boolean thinking) {
        int size = context.sequenceContextSize();
        PromptTokenizer.Prompt prompt = prompt(history.shown(), beginning, thinking);
        while (prompt.tokens().length > size) {
            int length = prompt.tokens().length;
            int surplus = room.surplus(length);
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
    private int systemTokens() {
        int bos = context.model().vocab().addsBos() ? 1 : 0;
        if (history.system().isEmpty()) {
            return bos;
        }
        try {
            ChatRequest request = ChatRequest.builder(history.system())
                    .addGenerationPrompt(false)
                    .build();
            return Math.max(
                    bos,
                    cached.commonPrefix(tokenizer.tokenize(template, request).tokens()));
        } catch (ChatTemplateException e) {
            return bos;
        }
    }
}
