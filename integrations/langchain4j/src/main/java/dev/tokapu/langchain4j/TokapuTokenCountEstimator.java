package dev.tokapu.langchain4j;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.model.TokenCountEstimator;
import dev.tokapu.Model;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.chat.ChatRequest;
import dev.tokapu.chat.ChatTokenizer;
import dev.tokapu.exception.ChatTemplateException;
import dev.tokapu.tool.ToolCall;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts the tokens of texts and conversations as the model reads them: of a conversation with all that its chat template writes, so that the
 * number is that of the prompt.
 *
 * <p>Close it when done; the model stays open.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class TokapuTokenCountEstimator implements TokenCountEstimator, AutoCloseable {

    private static final TokenizeOptions ALONE =
            TokenizeOptions.builder().addSpecial(false).build();
    private static final dev.tokapu.chat.ChatMessage HELLO = dev.tokapu.chat.ChatMessage.user("Hello");
    private static final dev.tokapu.chat.ChatMessage WELCOME = dev.tokapu.chat.ChatMessage.assistant("Welcome");

    private final Model model;
    private final ChatTokenizer tokenizer;

    private TokapuTokenCountEstimator(Model model, ChatTokenizer tokenizer) {
        this.model = model;
        this.tokenizer = tokenizer;
    }

    /**
     * An estimator for a model.
     *
     * @param model the model
     * @return the estimator, to be closed by the caller
     * @throws ChatTemplateException when the model has no chat template
     */
    public static TokapuTokenCountEstimator of(Model model) {
        return new TokapuTokenCountEstimator(model, ChatTokenizer.of(model));
    }

    @Override
    public int estimateTokenCountInText(String text) {
        return Failures.mapped(() -> count(text));
    }

    private int count(String text) {
        return model.vocab().tokenize(text, ALONE).length;
    }

    /** {@inheritDoc} It is what the prompt of a conversation grows by; where the template refuses to say, the tokens of the message's text. */
    @Override
    public int estimateTokenCountInMessage(ChatMessage message) {
        return Failures.mapped(() -> count(MessageReader.read(message)));
    }

    private int count(dev.tokapu.chat.ChatMessage message) {
        List<dev.tokapu.chat.ChatMessage> before = before(message);
        List<dev.tokapu.chat.ChatMessage> with = new ArrayList<>(before);
        with.add(message);
        try {
            return Math.max(count(message.content()), count(with, false) - count(before, false));
        } catch (ChatTemplateException e) {
            return count(message.content());
        }
    }

    /** A conversation that a message may go on with; an instruction may stand first alone. */
    private static List<dev.tokapu.chat.ChatMessage> before(dev.tokapu.chat.ChatMessage message) {
        return switch (message.role()) {
            case ASSISTANT -> List.of(HELLO);
            case TOOL ->
                List.of(
                        HELLO,
                        dev.tokapu.chat.ChatMessage.assistant(
                                "", List.of(new ToolCall(String.valueOf(message.toolCallId()), "tool", "{}"))));
            default -> List.of(HELLO, WELCOME);
        };
    }

    private int count(List<dev.tokapu.chat.ChatMessage> messages, boolean answered) {
        ChatRequest request =
                ChatRequest.builder(messages).addGenerationPrompt(answered).build();
        return tokenizer.tokenize(request).tokens().length();
    }

    /** {@inheritDoc} It is the number of the prompt's tokens that an answer to them reads. */
    @Override
    public int estimateTokenCountInMessages(Iterable<ChatMessage> messages) {
        List<ChatMessage> all = new ArrayList<>();
        messages.forEach(all::add);
        return Failures.mapped(() -> count(MessageReader.read(all), true));
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    @Override
    public String toString() {
        return "TokapuTokenCountEstimator[" + model + "]";
    }
}
