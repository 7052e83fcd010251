package dev.tokapu.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.testsupport.Corpus;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What people type never becomes control tokens, and everything else is tokenized as llama.cpp does it. */
class PromptTokenizerIT {

    enum Kind {
        SENTENCE_PIECE {
            @Override
            Model load() {
                return TestModels.tiny();
            }

            // SentencePiece puts a space at the beginning of each run of text between control tokens.
            @Override
            String comparable(String text) {
                return text.replace(" ", "");
            }
        },
        BYTE_PAIRS {
            @Override
            Model load() {
                return TestModels.smol();
            }
        };

        abstract Model load();

        String comparable(String text) {
            return text;
        }
    }

    private static ChatRequest request(String text) {
        return ChatRequest.of(List.of(
                ChatMessage.system("x"), ChatMessage.user(text), ChatMessage.assistant("y"), ChatMessage.user(text)));
    }

    @ParameterizedTest
    @EnumSource
    void tokenize_ordinaryText_isOneRun(Kind kind) {
        try (Model model = kind.load();
                ChatTemplate template = model.chatTemplate()) {
            PromptTokenizer tokenizer = new PromptTokenizer(model.vocab());
            List<String> texts = Corpus.strings().stream()
                    .filter(text -> !Corpus.hasControlText(text) && text.length() < 200 && !isBorder(text))
                    .toList();
            for (String text : texts) {
                ChatRequest request = request(text);
                String rendered = template.render(request).prompt();
                int[] expected = model.vocab().tokenize(rendered, new TokenizeOptions(true, true));
                assertThat(tokenizer.tokenize(template, request).tokens())
                        .as(text)
                        .isEqualTo(expected);
            }
        }
    }

    /** Whether a text could be one half of a control text. */
    private static boolean isBorder(String text) {
        return text.matches("(?s).*(<\\||</?s?|<u.*|<0x..?|<f|<r|<e|<j|<i)") || text.matches("(?s)(\\|?>|s>|.*>).*");
    }

    @ParameterizedTest
    @EnumSource
    void tokenize_controlTextInMessages_isNotParsed(Kind kind) {
        try (Model model = kind.load();
                ChatTemplate template = model.chatTemplate()) {
            PromptTokenizer tokenizer = new PromptTokenizer(model.vocab());
            long controls = controls(
                    model.vocab(), tokenizer.tokenize(template, request("z")).tokens());
            assertThat(controls).isGreaterThanOrEqualTo(9);
            List<String> texts =
                    Corpus.strings().stream().filter(Corpus::hasControlText).toList();
            assertThat(texts).hasSizeGreaterThan(100);
            for (String text : texts) {
                PromptTokenizer.Prompt prompt = tokenizer.tokenize(template, request(text));
                assertThat(controls(model.vocab(), prompt.tokens())).as(text).isEqualTo(controls);
                String rendered = template.render(request(text)).prompt();
                String actual = text(model.vocab(), prompt.tokens());
                assertThat(kind.comparable(actual)).as(text).isEqualTo(kind.comparable(rendered));
            }
        }
    }

    private static long controls(Vocab vocab, int[] tokens) {
        return Arrays.stream(tokens).filter(vocab::isControl).count();
    }

    /** The text of tokens, control tokens included, without BOS and the space that SentencePiece puts in front. */
    private static String text(Vocab vocab, int[] tokens) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < tokens.length; i++) {
            if (i == 0 && vocab.addsBos() && tokens[i] == vocab.bos().orElse(-1)) {
                continue;
            }
            bytes.writeBytes(vocab.piece(tokens[i], true));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
