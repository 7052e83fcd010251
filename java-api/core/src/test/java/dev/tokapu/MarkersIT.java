package dev.tokapu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.testsupport.Thorough;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Text is characters: none of it becomes a token that a chat template or a tool call is made of. */
@Tag("checkout") // reads the vocabularies of llama.cpp
class MarkersIT {

    private static final TokenizeOptions CHARACTERS =
            TokenizeOptions.builder().addSpecial(false).build();
    private static final int TEXTS = Thorough.cases(100, 50, 50);

    @TempDir
    Path folder;

    /** Unigram tokenizers change blanks of the text, and are cut there: none of them has USER_DEFINED tokens. */
    static Stream<Path> vocabulariesWithoutUnigrams() {
        List<Path> all = VocabFile.all().stream()
                .filter(file -> !VocabFile.name(file).equals("nomic-bert-moe"))
                .toList();
        return Thorough.some(all, 10, 3).stream();
    }

    private static List<Integer> userDefined(Vocab vocab) {
        List<Integer> tokens = new ArrayList<>();
        for (int token = 0; token < vocab.size(); token++) {
            if (vocab.attributes(token).contains(TokenAttribute.USER_DEFINED)) {
                tokens.add(token);
            }
        }
        return tokens;
    }

    private static boolean isText(Vocab vocab, int token) {
        int[] tokens = vocab.tokenize(vocab.text(token), CHARACTERS);
        return tokens.length == 1 && tokens[0] == token;
    }

    /** Which USER_DEFINED tokens of llama.cpp's vocabularies are text: the others are markers. */
    @Test
    @Tag("ffm")
    void userDefinedTokens_ofAllVocabularies_areMarkersButForBlanksAndLetters() {
        Map<String, String> found = new TreeMap<>();
        for (Path file : VocabFile.all()) {
            try (Model model = VocabFile.load(file)) {
                Vocab vocab = model.vocab();
                List<String> texts = new ArrayList<>();
                int markers = 0;
                for (int token : userDefined(vocab)) {
                    if (isText(vocab, token)) {
                        texts.add(vocab.text(token));
                    } else {
                        markers++;
                    }
                }
                assertThat(texts).allMatch(text -> text.matches("\\s+|\\p{L}|\u00f7"));
                found.put(VocabFile.name(file), markers + " markers, " + texts.size() + " texts");
            }
        }
        Map<String, String> expected = new TreeMap<>();
        List.of(
                        "aquila",
                        "baichuan",
                        "bert-bge",
                        "falcon",
                        "gpt-2",
                        "llama-bpe",
                        "llama-spm",
                        "nomic-bert-moe",
                        "starcoder")
                .forEach(name -> expected.put(name, "0 markers, 0 texts"));
        expected.put("command-r", "999 markers, 0 texts");
        expected.put("deepseek-coder", "241 markers, 13 texts");
        expected.put("deepseek-llm", "2385 markers, 13 texts");
        expected.put("gemma-4", "7 markers, 0 texts");
        expected.put("gpt-neox", "155 markers, 23 texts");
        expected.put("mpt", "155 markers, 23 texts");
        expected.put("phi-3", "1 markers, 0 texts");
        expected.put("qwen2", "290 markers, 0 texts");
        expected.put("qwen35", "290 markers, 0 texts");
        expected.put("refact", "64 markers, 0 texts");
        assertThat(found).isEqualTo(expected);
    }

    /** The oracle is the same vocabulary with CONTROL in place of USER_DEFINED: llama.cpp does not match those in text. */
    @ParameterizedTest
    @MethodSource("vocabulariesWithoutUnigrams")
    void tokenize_markersInText_areTheCharactersThatTheyAreWithoutTheToken(Path file) throws IOException {
        try (Model model = VocabFile.load(file)) {
            Vocab vocab = model.vocab();
            Set<Integer> markers = Set.copyOf(userDefined(vocab).stream()
                    .filter(token -> !isText(vocab, token))
                    .toList());
            if (markers.isEmpty()) {
                compareWithControlsAsUserDefined(file, model);
                return;
            }
            Path plain = VocabFile.withTypes(
                    file,
                    folder.resolve("plain.gguf"),
                    (token, type) -> markers.contains(token) ? VocabFile.CONTROL : type);
            try (Model oracle = VocabFile.load(plain)) {
                compare(vocab, oracle.vocab(), markers.stream().sorted().toList());
            }
        }
    }

    /** A vocabulary without such tokens: its control tokens become some. */
    private void compareWithControlsAsUserDefined(Path file, Model oracle) throws IOException {
        Vocab vocab = oracle.vocab();
        List<Integer> controls = new ArrayList<>();
        for (int token = 0; token < vocab.size(); token++) {
            if (vocab.isControl(token)) {
                controls.add(token);
            }
        }
        Path patched = VocabFile.withTypes(
                file,
                folder.resolve("defined.gguf"),
                (token, type) -> type == VocabFile.CONTROL ? VocabFile.USER_DEFINED : type);
        try (Model model = VocabFile.load(patched)) {
            compare(model.vocab(), vocab, controls);
        }
    }

    private static void compare(Vocab vocab, Vocab oracle, List<Integer> markers) {
        Random random = new Random(1502);
        List<String> texts = markers.stream().limit(20).map(vocab::text).toList();
        for (int n = 0; n < TEXTS; n++) {
            String text = text(random, texts);
            int[] tokens = vocab.tokenize(text, CHARACTERS);
            int[] expected = oracle.tokenize(text, CHARACTERS);
            assertThat(tokens).as(() -> text + ": " + pieces(vocab, tokens)).isEqualTo(expected);
        }
    }

    private static List<String> pieces(Vocab vocab, int[] tokens) {
        return Arrays.stream(tokens).mapToObj(vocab::detokenize).toList();
    }

    private static String text(Random random, List<String> markers) {
        String[] parts = {
            "hello",
            " world",
            " ",
            "  ",
            "\n",
            "\n\n",
            "int x = 3;",
            "<",
            ">",
            "|",
            "[",
            "/",
            "\u4f60\u597d",
            " \ud83d\ude00",
            "1234",
            ".",
            "'s",
            "\t",
            "</",
            "<|",
            "|>",
            "\u00e9t\u00e9",
            "_",
            "END"
        };
        StringBuilder text = new StringBuilder();
        for (int i = 1 + random.nextInt(8); i > 0; i--) {
            boolean marker = random.nextInt(3) == 0;
            String part = marker ? markers.get(random.nextInt(markers.size())) : parts[random.nextInt(parts.length)];
            text.append(random.nextInt(8) == 0 ? part.substring(0, part.offsetByCodePoints(0, 1)) : part);
        }
        return text.append(markers.get(random.nextInt(markers.size()))).toString();
    }

    /** Gemma 3 has such tokens: ordinary tokenization is as it was. */
    @Test
    void tokenize_htmlAndBlanksThatAreTokens_staysAsLlamaCppDoesIt() throws IOException {
        Map<Integer, String> texts = new LinkedHashMap<>();
        List<String> ordinary = List.of(
                "\n".repeat(17),
                "\t".repeat(19),
                "<table>",
                "</td>",
                "<h1>",
                "</blockquote>",
                "<s>",
                "<br/>",
                "zyxhello",
                "<->");
        List<String> markers = List.of(
                "<start_of_turn>",
                "<end_of_turn>",
                "<think>",
                "</think>",
                "[INST]",
                "[/INST]",
                "[multimodal]",
                "[@BOS@]",
                "<|im_end|>",
                "<\uff5cUser\uff5c>",
                "]<]minimax[>[",
                "|||IP_ADDRESS|||",
                "<tool_call>",
                "<unused7>");
        int token = 50277;
        for (String text : Stream.concat(ordinary.stream(), markers.stream()).toList()) {
            texts.put(token++, text);
        }
        try (Model model =
                VocabFile.load(VocabFile.withTexts(VocabFile.named("mpt"), folder.resolve("html.gguf"), texts))) {
            Vocab vocab = model.vocab();
            texts.forEach((id, text) -> assertThat(isText(vocab, id)).as(text).isEqualTo(ordinary.contains(text)));
        }
    }
}
