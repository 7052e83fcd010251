package dev.tokapu.chat;

import dev.tokapu.exception.ChatTemplateException;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.internal.text.ContextShifter;
import dev.tokapu.text.ContextShift;
import dev.tokapu.text.TextGenerator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The prompts of one conversation: rendered by its template, tokenized, and, where the generator forgets what fills its context, no
 * longer than that.
 *
 * <p>Thread safety: confined.
 */
final class ChatPrompts {

    private static final int[] NOTHING = {};

    private final TextGenerator generator;
    private final ChatOptions options;
    private final ChatTemplate template;
    private final PromptTokenizer tokenizer;
    private final ChatHistory history;

    /** Whether the last prompt let the model reason first. */
    private boolean thinking;

    ChatPrompts(
            TextGenerator generator,
            ChatOptions options,
            ChatTemplate template,
            PromptTokenizer tokenizer,
            ChatHistory history) {
        this.generator = generator;
        this.options = options;
        this.template = template;
        this.tokenizer = tokenizer;
        this.history = history;
    }

    /**
     * A prompt.
     *
     * @param rendered text and stop strings
     * @param tokens what to go on from
     * @param kept how many of the tokens every prompt of the conversation begins with
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Fitted(RenderedChat rendered, int[] tokens, int kept) {}

    /**
     * The prompt for the answer to the last message. It leaves out the oldest messages until the rest fits, as far as the
     * generator's strategy says so; what is still too long is the generator's to refuse.
     *
     * @throws ContextOverflowException when the newest message alone is too long to forget others for it
     */
    Fitted thatFits(AnswerPrefix prefix) {
        thinking = options.enableThinking() && prefix.grammar() == null;
        boolean forgets = !generator.contextShift().equals(ContextShift.none());
        int[] kept = forgets ? beginning() : NOTHING;
        int size = generator.sequenceContextSize();
        PromptTokenizer.Prompt prompt = prompt(history.shown(), prefix);
        while (forgets && prompt.tokens().length > size) {
            int length = prompt.tokens().length;
            int surplus = surplus(length, common(kept, prompt.tokens()));
            if (surplus == 0) {
                break;
            }
            while (prompt.tokens().length > length - surplus && history.forgetOldest()) {
                prompt = prompt(history.shown(), prefix);
            }
            if (prompt.tokens().length == length) {
                throw new ContextOverflowException(
                        length,
                        size,
                        "shorten the message, which is too long even without those before it, or raise"
                                + " ContextOptions.contextSize");
            }
        }
        return new Fitted(prompt.rendered(), prompt.tokens(), common(kept, prompt.tokens()));
    }

    private int surplus(int length, int kept) {
        ContextShift.Situation situation = new ContextShift.Situation(length, generator.sequenceContextSize(), kept);
        return ContextShifter.choose(generator.contextShift(), situation)
                .map(ContextShift.Range::length)
                .orElse(0);
    }

    private static int common(int[] one, int[] other) {
        int differs = Arrays.mismatch(one, other);
        return differs < 0 ? one.length : differs;
    }

    private PromptTokenizer.Prompt prompt(List<ChatMessage> messages, AnswerPrefix prefix) {
        ChatRequest request = ChatRequest.builder(messages)
                .tools(options.tools())
                .arguments(options.templateArguments())
                .enableThinking(thinking)
                .build();
        return tokenizer.withPrefix(tokenizer.tokenize(template, request), prefix);
    }

    /**
     * The tokens that every prompt of this conversation begins with, whatever the user says: the system prompt, tools and what else the
     * template puts there, wherever it does so.
     */
    private int[] beginning() {
        try {
            int[] one = beginning("x");
            return Arrays.copyOf(one, common(one, beginning("7")));
        } catch (ChatTemplateException e) {
            return NOTHING;
        }
    }

    private int[] beginning(String userText) {
        List<ChatMessage> messages = new ArrayList<>(history.system());
        messages.add(ChatMessage.user(userText));
        return prompt(messages, AnswerPrefix.NONE).tokens();
    }
}
