package dev.tokapu.chat;

import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.chat.PartTokens.Kind;
import dev.tokapu.chat.PartTokens.Part;
import dev.tokapu.internal.text.PromptText;
import dev.tokapu.internal.text.Utf8Decoder;
import dev.tokapu.tool.ToolChoice;
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
 * <p>One piece for all that can be told: behind a control token of the template, where that is certain to make no difference, a part
 * begins that has its tokens whatever stands before it. Parts that the last prompts had are not tokenized again.
 *
 * <p>Thread safety: confined.
 */
final class PromptTokenizer {

    private static final TokenizeOptions TEMPLATE =
            TokenizeOptions.builder().addSpecial(false).parseSpecial(true).build();
    private static final TokenizeOptions CHARACTERS =
            TokenizeOptions.builder().addSpecial(false).build();

    private final Vocab vocab;
    private final PartTokens known;

    /** For the prompts of one conversation, which begin alike. */
    PromptTokenizer(Vocab vocab) {
        this(vocab, 0);
    }

    /** For prompts of several conversations; {@code room}: bytes of their parts that are kept at least. */
    PromptTokenizer(Vocab vocab, long room) {
        this.vocab = vocab;
        this.known = new PartTokens(room);
    }

    /** The prompt of a request, with the beginning of its answer, which is its last message where that is to be continued. */
    ChatPrompt tokenize(ChatTemplate template, ChatRequest request, AnswerPrefix prefix) {
        ChatTemplate used = template(template, request);
        ChatTemplate.Rendered rendered = used.render(request, true);
        return prompt(
                rendered,
                request,
                request.continueFinalMessage()
                        ? BegunAnswer.of(used, rendered, request).prefix(vocab)
                        : prefix);
    }

    /** The tokens of a request's prompt, of which there will be no answer. */
    int[] tokens(ChatTemplate template, ChatRequest request) {
        return tokens(template(template, request).render(request, false));
    }

    private static ChatTemplate template(ChatTemplate own, ChatRequest request) {
        return request.tools().isEmpty() || request.toolChoice().kind() == ToolChoice.Kind.NONE ? own : own.forTools();
    }

    private ChatPrompt prompt(ChatTemplate.Rendered rendered, ChatRequest request, AnswerPrefix prefix) {
        int[] begun = tokens(prefix);
        int[] before = tokens(rendered);
        known.trim(PartTokens.cost(rendered.chat().prompt(), before));
        int[] all = join(List.of(before, begun));
        return ChatPrompt.of(vocab, rendered, all, begun, request.reasoning(), prefix);
    }

    private int[] tokens(ChatTemplate.Rendered rendered) {
        List<int[]> all = new ArrayList<>();
        for (Part part : PromptParts.of(rendered)) {
            int[] tokens = known.get(part);
            if (tokens == null) {
                tokens = tokens(part);
                known.put(part, tokens);
            }
            all.add(tokens);
        }
        return join(all);
    }

    private int[] tokens(Part part) {
        if (part.kind() == Kind.FIRST) {
            return PromptText.tokens(vocab, part.text(), true);
        }
        return vocab.tokenize(part.text(), part.kind() == Kind.PARSED ? TEMPLATE : CHARACTERS);
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
        return tokens == null ? PromptText.next(vocab, prefix.text(), CHARACTERS) : tokens;
    }

    private static int[] join(List<int[]> parts) {
        return parts.stream().flatMapToInt(Arrays::stream).toArray();
    }
}
