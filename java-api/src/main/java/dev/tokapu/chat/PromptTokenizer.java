package dev.tokapu.chat;

import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.VocabType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Makes tokens of a conversation so that the template's control texts become control tokens and what people typed never
 * does.
 *
 * <p>A conversation without control text in its messages is tokenized in one piece, exactly as llama.cpp's tools do. Where a
 * message holds the text of a control token, a mark goes into that text before the template renders it; the prompt is then
 * cut at the marks and the parts are tokenized one by one. No part holds the whole control text, so none is parsed, and the
 * rest of the message stays in one piece with its surroundings.
 *
 * <p>Thread safety: confined.
 */
final class PromptTokenizer {

    private static final TokenizeOptions FIRST = new TokenizeOptions(true, true);
    private static final TokenizeOptions NEXT = new TokenizeOptions(false, true);

    private final Vocab vocab;
    private @Nullable ControlTexts controlTexts;

    /**
     * A prompt in both forms.
     *
     * @param rendered text and stop strings
     * @param tokens what to decode
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Prompt(RenderedChat rendered, int[] tokens) {}

    PromptTokenizer(Vocab vocab) {
        this.vocab = vocab;
    }

    Prompt tokenize(ChatTemplate template, ChatRequest request) {
        RenderedChat rendered = template.render(request);
        String mark = unusedMark(rendered.prompt());
        ControlTexts controls = controlTexts();
        ChatRequest marked = mark(request, text -> controls.mark(text, mark));
        if (marked.equals(request)) {
            return new Prompt(rendered, vocab.tokenize(rendered.prompt(), FIRST));
        }
        String prompt = template.render(marked).prompt();
        List<int[]> parts = new ArrayList<>();
        int from = 0;
        while (from <= prompt.length()) {
            int to = prompt.indexOf(mark, from);
            if (to < 0) {
                to = prompt.length();
            }
            String part = prompt.substring(from, to);
            parts.add(from == 0 ? vocab.tokenize(part, FIRST) : tokenizeNext(part, NEXT));
            from = to + mark.length();
        }
        return new Prompt(rendered, join(parts));
    }

    private ControlTexts controlTexts() {
        ControlTexts result = controlTexts;
        if (result == null) {
            result = ControlTexts.of(vocab);
            controlTexts = result;
        }
        return result;
    }

    private static ChatRequest mark(ChatRequest request, UnaryOperator<String> mark) {
        List<ChatMessage> messages = new ArrayList<>();
        for (ChatMessage message : request.messages()) {
            List<ToolCall> calls = new ArrayList<>();
            for (ToolCall call : message.toolCalls()) {
                calls.add(new ToolCall(call.id(), mark.apply(call.name()), mark.apply(call.arguments())));
            }
            String content = mark.apply(message.content());
            messages.add(new ChatMessage(message.role(), content, calls, message.toolCallId()));
        }
        return request.withMessages(messages);
    }

    /** A private-use character that the prompt does not contain. */
    private static String unusedMark(String prompt) {
        for (char c = '\uf8ff'; c >= '\ue000'; c--) {
            if (prompt.indexOf(c) < 0) {
                return String.valueOf(c);
            }
        }
        throw new IllegalArgumentException("the conversation contains every private-use character of Unicode");
    }

    /** Tokens of a text that goes on where another part ended. */
    private int[] tokenizeNext(String part, TokenizeOptions options) {
        if (part.isEmpty()) {
            return new int[0];
        }
        if (vocab.type() == VocabType.SPM) {
            // SentencePiece would put a space before the part; behind a line end it does not.
            int[] lead = vocab.tokenize("\n", options);
            int[] whole = vocab.tokenize("\n" + part, options);
            if (whole.length >= lead.length && Arrays.equals(lead, 0, lead.length, whole, 0, lead.length)) {
                return Arrays.copyOfRange(whole, lead.length, whole.length);
            }
        }
        return vocab.tokenize(part, options);
    }

    /** A prompt with the beginning of the answer: plain text, so that no control token can be smuggled in. */
    Prompt withBeginning(Prompt prompt, AnswerBeginning beginning) {
        if (beginning.text().isEmpty()) {
            return prompt;
        }
        return new Prompt(prompt.rendered(), join(List.of(prompt.tokens(), tokens(beginning))));
    }

    /** The beginning of what goes on after an answer that broke off, with the tokens as the model chose them. */
    AnswerBeginning goOn(AnswerBeginning beginning, String text, int[] generated) {
        return new AnswerBeginning(text, join(List.of(tokens(beginning), generated)), beginning.grammar());
    }

    private int[] tokens(AnswerBeginning beginning) {
        int[] tokens = beginning.tokens();
        return tokens == null ? plain(beginning.text()) : tokens;
    }

    private int[] plain(String text) {
        return text.isEmpty() ? new int[0] : tokenizeNext(text, new TokenizeOptions(false, false));
    }

    private static int[] join(List<int[]> parts) {
        return parts.stream().flatMapToInt(Arrays::stream).toArray();
    }
}
