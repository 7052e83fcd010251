package dev.tokapu.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.testsupport.Corpus;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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

    /** Texts of one conversation: a template takes its time for each, however long it is. */
    private static final int TOGETHER = 9;

    private static List<List<String>> conversations(List<String> texts) {
        List<List<String>> conversations = new ArrayList<>();
        for (int from = 0; from < texts.size(); from += TOGETHER) {
            conversations.add(texts.subList(from, Math.min(from + TOGETHER, texts.size())));
        }
        return conversations;
    }

    /** User and assistant in turns, the user first and last. */
    private static ChatRequest request(List<String> texts) {
        List<ChatMessage> messages = new ArrayList<>(List.of(ChatMessage.system("x")));
        for (int i = 0; i < texts.size(); i++) {
            messages.add(i % 2 == 0 ? ChatMessage.user(texts.get(i)) : ChatMessage.assistant(texts.get(i)));
        }
        if (texts.size() % 2 == 0) {
            messages.add(ChatMessage.user("y"));
        }
        return ChatRequest.of(messages);
    }

    @ParameterizedTest
    @EnumSource
    void tokenize_ordinaryText_isOneRun(Kind kind) {
        try (Model model = kind.load();
                ChatTemplate template = ChatTemplate.of(model)) {
            PromptTokenizer tokenizer = new PromptTokenizer(model.vocab());
            List<String> texts = Corpus.strings().stream()
                    .filter(text -> !Corpus.hasControlText(text) && text.length() < 200 && !isBorder(text))
                    .toList();
            for (List<String> conversation : conversations(texts)) {
                ChatRequest request = request(conversation);
                String rendered = template.render(request).prompt();
                int[] expected = model.vocab()
                        .tokenize(
                                rendered,
                                TokenizeOptions.builder().parseSpecial(true).build());
                assertThat(tokenizer
                                .tokenize(template, request, AnswerPrefix.NONE)
                                .tokens()
                                .tokens())
                        .as("%s", conversation)
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
                ChatTemplate template = ChatTemplate.of(model)) {
            PromptTokenizer tokenizer = new PromptTokenizer(model.vocab());
            List<String> texts =
                    Corpus.strings().stream().filter(Corpus::hasControlText).toList();
            assertThat(texts).hasSizeGreaterThan(100);
            for (List<String> conversation : conversations(texts)) {
                ChatRequest harmless = request(Collections.nCopies(conversation.size(), "z"));
                long controls = controls(
                        model.vocab(),
                        tokenizer
                                .tokenize(template, harmless, AnswerPrefix.NONE)
                                .tokens()
                                .tokens());
                assertThat(controls).isGreaterThanOrEqualTo(2L * conversation.size());
                ChatRequest request = request(conversation);
                int[] tokens = tokenizer
                        .tokenize(template, request, AnswerPrefix.NONE)
                        .tokens()
                        .tokens();
                assertThat(controls(model.vocab(), tokens))
                        .as("%s", conversation)
                        .isEqualTo(controls);
                String rendered = template.render(request).prompt();
                assertThat(kind.comparable(text(model.vocab(), tokens)))
                        .as("%s", conversation)
                        .isEqualTo(kind.comparable(rendered));
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
            if (i == 0
                    && vocab.specialTokens().addsBos()
                    && tokens[i] == vocab.specialTokens().bos().orElse(-1)) {
                continue;
            }
            bytes.writeBytes(vocab.piece(tokens[i], true));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
