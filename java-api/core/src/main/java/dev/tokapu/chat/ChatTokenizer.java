package dev.tokapu.chat;

import dev.tokapu.Model;

/**
 * Conversations as tokens: the model's chat template, and a tokenizer that parses the template's control texts but never those
 * that users typed. What several prompts have in common, such as tools and earlier messages, is tokenized once.
 *
 * <p>Thread safety: safe; one call at a time works, the others wait.
 *
 * @since 0.1
 */
public final class ChatTokenizer implements AutoCloseable {

    private static final long ROOM = 8L << 20; // bytes: the parts of some hundred conversations

    private final ChatTemplate template;
    private final PromptTokenizer tokenizer;

    private ChatTokenizer(ChatTemplate template, PromptTokenizer tokenizer) {
        this.template = template;
        this.tokenizer = tokenizer;
    }

    /**
     * A tokenizer with the model's own template.
     *
     * @param model the model
     * @return the tokenizer
     * @throws dev.tokapu.exception.ChatTemplateException when the model has no template
     */
    public static ChatTokenizer of(Model model) {
        return of(model, ChatTemplate.of(model));
    }

    /**
     * A tokenizer with another template.
     *
     * @param model the model
     * @param jinja the template
     * @return the tokenizer
     * @throws dev.tokapu.exception.ChatTemplateException when the template cannot be used
     */
    public static ChatTokenizer of(Model model, String jinja) {
        return of(model, ChatTemplate.of(model, jinja));
    }

    private static ChatTokenizer of(Model model, ChatTemplate template) {
        return new ChatTokenizer(template, new PromptTokenizer(model.vocab(), ROOM));
    }

    /**
     * Renders and tokenizes.
     *
     * @param request the conversation
     * @return the prompt
     * @throws dev.tokapu.exception.ChatTemplateException when the template refuses the conversation
     */
    public synchronized ChatPrompt tokenize(ChatRequest request) {
        return tokenizer.tokenize(template, request, AnswerPrefix.NONE);
    }

    @Override
    public void close() {
        template.close();
    }
}
