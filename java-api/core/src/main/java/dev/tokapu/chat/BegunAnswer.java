package dev.tokapu.chat;

import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.exception.ChatTemplateException;
import dev.tokapu.internal.text.PromptText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The beginning of an answer as the model would have written it, behind the prompt: a thought, text, and what the template puts around
 * them.
 *
 * @param open what stands before the thought, for example its tag
 * @param close what stands between the thought and the text; empty where the model goes on in the thought
 */
record BegunAnswer(String open, String thought, String close, String text) {

    private static final TokenizeOptions TEMPLATE =
            TokenizeOptions.builder().addSpecial(false).parseSpecial(true).build();
    private static final TokenizeOptions CHARACTERS =
            TokenizeOptions.builder().addSpecial(false).build();

    /** Stand for text and thought in a message that is rendered whole: what a client wrote is never taken for the template's. */
    private static final String TEXT = "kqzxvjwyqfhbkzjx";

    private static final String THOUGHT = "wjxqzkvbyhqjfxkz";

    /**
     * That of a request whose last message is continued.
     *
     * @param asked the messages before it, rendered by the template
     */
    static BegunAnswer of(ChatTemplate template, ChatTemplate.Rendered asked, ChatRequest request) {
        ChatMessage message = request.finalMessage();
        if (message.content().isEmpty() && message.reasoning().isEmpty()) {
            return new BegunAnswer("", "", "", "");
        }
        String prompt = asked.chat().prompt();
        String whole = whole(template, request);
        if (whole.startsWith(prompt)) {
            String head = whole.substring(prompt.length());
            int thought = head.indexOf(THOUGHT);
            if (thought >= 0) {
                String close = head.substring(thought + THOUGHT.length());
                return new BegunAnswer(head.substring(0, thought), message.reasoning(), close, message.content());
            }
            if (message.reasoning().isEmpty() || !asked.format().hasTags()) {
                return new BegunAnswer(head, "", "", message.content());
            }
        }
        return between(asked.format(), prompt, whole, message);
    }

    /** The conversation as the template renders it with the answer, up to what is continued; empty where it cannot. */
    private static String whole(ChatTemplate template, ChatRequest request) {
        ChatMessage message = request.finalMessage();
        String text = message.content().isEmpty() ? "" : TEXT;
        String thought = message.reasoning().isEmpty() ? "" : THOUGHT;
        List<ChatMessage> messages = new ArrayList<>(request.rendered());
        messages.add(new ChatMessage(Role.ASSISTANT, text, thought, List.of(), null));
        try {
            String whole = template.render(request.withMessages(messages).whole(), false)
                    .chat()
                    .prompt();
            String last = text.isEmpty() ? THOUGHT : TEXT;
            int at = whole.lastIndexOf(last);
            return at < 0 ? "" : whole.substring(0, last.equals(TEXT) ? at : at + last.length());
        } catch (ChatTemplateException e) {
            return "";
        }
    }

    /** For templates that leave thoughts out of answers: as llama.cpp, a thought in its tags, if only one to end that the prompt has begun. */
    private static BegunAnswer between(AnswerFormat format, String prompt, String whole, ChatMessage message) {
        String text = message.content();
        if (!format.hasTags()) {
            return new BegunAnswer("", "", "", text);
        }
        String thought = message.reasoning();
        boolean opened = format.beginsThinking("");
        boolean thinks = opened || !thought.isEmpty();
        String end = format.thinkingEnds().get(0);
        return new BegunAnswer(
                thinks && !opened ? format.thinkingStart() : "",
                thought,
                thinks && !text.isEmpty() ? end + behindThought(format, prompt, whole, end) : "",
                text);
    }

    /** What the template writes between the end of a thought and the text. */
    private static String behindThought(AnswerFormat format, String prompt, String whole, String end) {
        int start = format.beginsThinking("") ? prompt.lastIndexOf(format.thinkingStart()) : prompt.length();
        if (start < 0 || !whole.startsWith(prompt.substring(0, start))) {
            return "";
        }
        String head = whole.substring(start);
        int ended = head.lastIndexOf(end);
        String rest = ended < 0 ? head : head.substring(ended + end.length());
        return rest.contains(THOUGHT) ? "" : rest;
    }

    /** All of it. */
    String whole() {
        return open + thought + close + text;
    }

    /** All of it as a prefix; only what the template has written is parsed, so that no control token can be smuggled in. */
    AnswerPrefix prefix(Vocab vocab) {
        int[] tokens = Stream.of(
                        PromptText.next(vocab, open, TEMPLATE),
                        PromptText.next(vocab, thought, CHARACTERS),
                        PromptText.next(vocab, close, TEMPLATE),
                        PromptText.next(vocab, text, CHARACTERS))
                .flatMapToInt(Arrays::stream)
                .toArray();
        return AnswerPrefix.of(whole(), tokens);
    }
}
