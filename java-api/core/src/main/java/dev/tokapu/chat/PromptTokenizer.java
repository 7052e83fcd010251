package dev.tokapu.chat;

import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.VocabType;
import dev.tokapu.internal.text.PromptText;
import dev.tokapu.internal.text.Utf8Decoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes tokens of a conversation so that the template's control texts become control tokens and what people typed never
 * does.
 *
 * <p>A rendered prompt is tokenized in one piece, exactly as llama.cpp's tools do, unless it holds the text of a control token
 * that the template has not written itself. Such a text, with what stands around it up to the template's own control tokens, is
 * tokenized as characters.
 *
 * <p>Thread safety: confined.
 */
final class PromptTokenizer {

    private static final TokenizeOptions TEMPLATE =
            TokenizeOptions.builder().addSpecial(false).parseSpecial(true).build();
    private static final TokenizeOptions CHARACTERS =
            TokenizeOptions.builder().addSpecial(false).build();

    private final Vocab vocab;

    PromptTokenizer(Vocab vocab) {
        this.vocab = vocab;
    }

    /** The prompt of a request, with the beginning of its answer. */
    ChatPrompt tokenize(ChatTemplate template, ChatRequest request, AnswerPrefix prefix) {
        return prompt(template.render(request, true), request, prefix);
    }

    /** The tokens of a request's prompt, of which there will be no answer. */
    int[] tokens(ChatTemplate template, ChatRequest request) {
        return tokens(template.render(request, false));
    }

    private ChatPrompt prompt(ChatTemplate.Rendered rendered, ChatRequest request, AnswerPrefix prefix) {
        int[] begun = tokens(prefix);
        int[] all = join(List.of(tokens(rendered), begun));
        return ChatPrompt.of(vocab, rendered, all, begun, request.reasoning(), prefix);
    }

    private int[] tokens(ChatTemplate.Rendered rendered) {
        int[] plain = rendered.plain();
        String text = rendered.chat().prompt();
        if (plain.length == 0) {
            return PromptText.tokens(vocab, text, true);
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        List<int[]> parts = new ArrayList<>();
        parts.add(PromptText.tokens(vocab, text(bytes, 0, plain[0]), true));
        for (int i = 0; i < plain.length; i += 2) {
            int next = i + 2 < plain.length ? plain[i + 2] : bytes.length;
            parts.add(tokens(text(bytes, plain[i], plain[i + 1]), CHARACTERS));
            parts.add(tokens(text(bytes, plain[i + 1], next), TEMPLATE));
        }
        return join(parts);
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    private int[] tokens(String text, TokenizeOptions options) {
        return text.isEmpty() ? new int[0] : vocab.tokenize(text, options);
    }

    /** Tokens of a text that goes on where another part ended. */
    private int[] tokenizeNext(String part) {
        if (part.isEmpty()) {
            return new int[0];
        }
        if (vocab.type() == VocabType.SPM) {
            // SentencePiece would put a space before the part; behind a line end it does not.
            int[] lead = vocab.tokenize("\n", CHARACTERS);
            int[] whole = vocab.tokenize("\n" + part, CHARACTERS);
            if (whole.length >= lead.length && Arrays.equals(lead, 0, lead.length, whole, 0, lead.length)) {
                return Arrays.copyOfRange(whole, lead.length, whole.length);
            }
        }
        return vocab.tokenize(part, CHARACTERS);
    }

    /** The answer prefix that goes on with an answer that broke off, with the tokens as the model chose them. */
    AnswerPrefix goOn(AnswerPrefix prefix, String text, int[] answer) {
        int[] tokens = join(List.of(tokens(prefix), answer));
        return new AnswerPrefix(text, tokens, cutCharacter(tokens), prefix.grammar());
    }

    /** The bytes of the character that tokens end in, mostly none. */
    private byte[] cutCharacter(int[] tokens) {
        Utf8Decoder decoder = new Utf8Decoder();
        StringBuilder text = new StringBuilder();
        for (int token : tokens) {
            byte[] piece = vocab.piece(token);
            decoder.feed(piece, piece.length, text);
            text.setLength(0);
        }
        return decoder.suspend();
    }

    /** Of an answer prefix: plain text, so that no control token can be smuggled in. */
    private int[] tokens(AnswerPrefix prefix) {
        int[] tokens = prefix.tokens();
        return tokens == null ? tokenizeNext(prefix.text()) : tokens;
    }

    private static int[] join(List<int[]> parts) {
        return parts.stream().flatMapToInt(Arrays::stream).toArray();
    }
}
