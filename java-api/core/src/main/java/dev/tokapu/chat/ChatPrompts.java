package dev.tokapu.chat;

import dev.tokapu.exception.ChatTemplateException;
import dev.tokapu.exception.ContextOverflowException;
import dev.tokapu.internal.text.ContextShifter;
import dev.tokapu.sampling.Grammar;
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
     * The prompt for the answer to the last message. It leaves out the oldest messages until the rest fits, as far as the
     * generator's strategy says so; what is still too long is the generator's to refuse.
     *
     * @throws ContextOverflowException when the newest message alone is too long to forget others for it
     */
    ChatPrompt thatFits(Turn turn) {
        boolean forgets = !generator.contextShift().equals(ContextShift.none());
        int[] kept = forgets ? beginning(turn) : NOTHING;
        int size = generator.sequenceContextSize();
        ChatPrompt prompt = prompt(turn);
        while (forgets && prompt.length() > size) {
            int length = prompt.length();
            int surplus = surplus(length, common(kept, prompt));
            if (surplus == 0) {
                break;
            }
            while (prompt.length() > length - surplus && history.forgetOldest()) {
                prompt.discard();
                prompt = prompt(turn);
            }
            if (prompt.length() == length) {
                prompt.discard();
                throw new ContextOverflowException(
                        length,
                        size,
                        "shorten the message, which is too long even without those before it, or raise"
                                + " ContextOptions.contextSize");
            }
        }
        return prompt.inConversation(common(kept, prompt));
    }

    private int surplus(int length, int kept) {
        ContextShift.Situation situation = new ContextShift.Situation(length, generator.sequenceContextSize(), kept);
        return ContextShifter.choose(generator.contextShift(), situation)
                .map(ContextShift.Range::length)
                .orElse(0);
    }

    private static int common(int[] one, ChatPrompt prompt) {
        return one.length == 0 ? 0 : common(one, prompt.tokens().tokens());
    }

    private static int common(int[] one, int[] other) {
        int differs = Arrays.mismatch(one, other);
        return differs < 0 ? one.length : differs;
    }

    private ChatPrompt prompt(Turn turn) {
        return tokenizer.tokenize(template, request(history.shown(), turn), turn.prefix());
    }

    private ChatRequest request(List<ChatMessage> messages, Turn turn) {
        ToolUse tools = turn.tools();
        Grammar value = turn.prefix().grammar();
        boolean alone = value != null && tools.definitions().isEmpty() && !template.supportsThinking();
        return ChatRequest.builder(messages)
                .tools(tools.definitions())
                .toolChoice(tools.choice())
                .parallelToolCalls(tools.parallel())
                .arguments(options.templateArguments())
                .reasoning(options.reasoning())
                .answerGrammar(alone ? null : value)
                .build();
    }

    /**
     * The tokens that every prompt of this conversation begins with, whatever the user says: the system prompt, tools and what else the
     * template puts there, wherever it does so.
     */
    private int[] beginning(Turn turn) {
        try {
            int[] one = beginning("x", turn);
            return Arrays.copyOf(one, common(one, beginning("7", turn)));
        } catch (ChatTemplateException e) {
            return NOTHING;
        }
    }

    private int[] beginning(String userText, Turn turn) {
        List<ChatMessage> messages = new ArrayList<>(history.system());
        messages.add(ChatMessage.user(userText));
        return tokenizer.tokens(template, request(messages, turn));
    }
}
