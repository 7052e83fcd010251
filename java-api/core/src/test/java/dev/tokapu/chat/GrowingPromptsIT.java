package dev.tokapu.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.ModelOptions;
import dev.tokapu.TestModels;
import dev.tokapu.TokenAttribute;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.VocabFile;
import dev.tokapu.internal.text.PromptText;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.testsupport.PreTokenizers;
import dev.tokapu.testsupport.Thorough;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Conversations that grow and are cut: of their prompts only what is new is tokenized, with the tokens of the whole. */
class GrowingPromptsIT {

    private static final int TURNS = Thorough.cases(8, 5, 5);
    private static final List<String> BITS = List.of(
            "word",
            " and",
            "  ",
            "\n",
            "\n\n",
            "\t",
            " \n ",
            "<",
            ">",
            "<|",
            "|>",
            "</",
            "_end",
            "\u2581",
            "\u4e2d\u6587",
            "e\u0301",
            "\ud83d\ude00",
            "'s",
            "12345",
            "}",
            "]]",
            "{{ x }}",
            "\u00a0",
            "\r\n");

    @TempDir
    Path folder;

    /** What conversations consist of with a vocabulary. */
    private record Setting(Model model, String begin, String end, List<String> special) {

        static Setting of(Model model, List<String> special, Random random) {
            List<String> markers = special.stream()
                    .filter(text -> text.matches("[<\\[{|].{2,40}[>\\]}|]"))
                    .toList();
            List<String> all = markers.isEmpty() ? List.of("<|x|>") : markers;
            return new Setting(model, pick(random, all), pick(random, all), special);
        }

        ChatTemplate template(Random random) {
            String gap = pick(random, List.of("\\n", " ", "", "\\n\\n", "x"));
            return ChatTemplate.of(
                    model,
                    "{% for m in messages %}{{ " + literal(begin) + " + m.role + '" + gap + "' + m.content + "
                            + literal(end) + " + '" + gap + "' }}{% endfor %}{{ " + literal(begin)
                            + " + 'assistant' }}");
        }

        private static String literal(String text) {
            return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
        }

        String text(Random random, boolean hostile) {
            StringBuilder text = new StringBuilder();
            int bits = random.nextInt(120);
            for (int i = 0; i < bits; i++) {
                boolean marker = hostile && !special.isEmpty() && random.nextInt(20) == 0;
                text.append(pick(random, marker ? special : BITS));
            }
            return text.toString();
        }
    }

    private static <T> T pick(Random random, List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    /** Texts that are parsed before everything else. */
    private static List<String> special(Vocab vocab) {
        return IntStream.range(0, vocab.size())
                .filter(token ->
                        vocab.isControl(token) || vocab.attributes(token).contains(TokenAttribute.USER_DEFINED))
                .mapToObj(vocab::text)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    /** Tokenized as one, apart from what is characters only. */
    private static int[] whole(Vocab vocab, ChatTemplate.Rendered rendered) {
        byte[] bytes = rendered.chat().prompt().getBytes(StandardCharsets.UTF_8);
        int[] plain = rendered.plain();
        int first = plain.length == 0 ? bytes.length : plain[0];
        IntStream all = Arrays.stream(PromptText.tokens(vocab, text(bytes, 0, first), true));
        for (int i = 0; i < plain.length; i += 2) {
            int next = i + 2 < plain.length ? plain[i + 2] : bytes.length;
            all = IntStream.concat(all, tokens(vocab, text(bytes, plain[i], plain[i + 1]), false));
            all = IntStream.concat(all, tokens(vocab, text(bytes, plain[i + 1], next), true));
        }
        return all.toArray();
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    private static IntStream tokens(Vocab vocab, String text, boolean parse) {
        TokenizeOptions options =
                TokenizeOptions.builder().addSpecial(false).parseSpecial(parse).build();
        return text.isEmpty() ? IntStream.empty() : Arrays.stream(vocab.tokenize(text, options));
    }

    /** Runs conversations; returns how many cuts their prompts had. */
    private static int converse(Model model, List<String> special, int seed, int turns) {
        Random random = new Random(seed);
        Setting setting = Setting.of(model, special, random);
        int cuts = 0;
        try (ChatTemplate template = setting.template(random)) {
            PromptTokenizer tokenizer = new PromptTokenizer(model.vocab());
            List<ChatMessage> messages = new ArrayList<>(List.of(ChatMessage.system(setting.text(random, false))));
            for (int turn = 0; turn < turns; turn++) {
                boolean hostile = random.nextInt(3) == 0;
                messages.add(ChatMessage.user(setting.text(random, hostile)));
                ChatRequest request = ChatRequest.of(messages);
                ChatTemplate.Rendered rendered = template.render(request, false);
                cuts += rendered.cuts().length;
                assertThat(tokenizer
                                .tokenize(template, request, AnswerPrefix.NONE)
                                .tokens()
                                .tokens())
                        .as("%s, seed %d, turn %d: %s", model, seed, turn, setting)
                        .isEqualTo(whole(model.vocab(), rendered));
                messages.add(ChatMessage.assistant(setting.text(random, hostile)));
                if (random.nextInt(5) == 0) {
                    messages.subList(1, 1 + random.nextInt(messages.size() - 1)).clear();
                }
            }
        }
        return cuts;
    }

    static Stream<Path> vocabularies() {
        return Thorough.some(VocabFile.all(), 4).stream();
    }

    static Stream<Path> vocabulariesWithPieces() {
        return Thorough.some(VocabFile.all(), 8, 2).stream();
    }

    @ParameterizedTest
    @MethodSource("vocabularies")
    @Tag("checkout") // reads the vocabularies of llama.cpp
    void tokenize_growingConversations_givesTheTokensOfTheWhole(Path file) {
        try (Model model = VocabFile.load(file)) {
            List<String> special = special(model.vocab());
            for (int seed = 0; seed < Thorough.cases(4, 1, 1); seed++) {
                converse(model, special, seed, TURNS);
            }
        }
    }

    /** Tokens that look like pieces of markers are parsed before everything else; none of them may lie across a cut. */
    @ParameterizedTest
    @MethodSource("vocabulariesWithPieces")
    @Tag("checkout") // reads the vocabularies of llama.cpp
    void tokenize_piecesOfMarkersAreTokens_givesTheTokensOfTheWhole(Path file) throws IOException {
        int seed = VocabFile.name(file).hashCode();
        Random random = new Random(seed);
        List<Integer> pieces;
        try (Model model = VocabFile.load(file)) {
            pieces = IntStream.range(0, model.vocab().size())
                    .filter(token -> model.vocab().text(token).matches("(?s).{0,3}[<>|\\]\\[\n\u010a].{0,3}"))
                    .filter(token -> random.nextInt(4) == 0)
                    .boxed()
                    .toList();
        }
        Path target = folder.resolve("pieces.gguf");
        VocabFile.withTypes(file, target, (token, type) -> pieces.contains(token) ? 3 + Math.floorMod(token, 2) : type);
        try (Model model = VocabFile.load(target)) {
            converse(model, special(model.vocab()), seed, TURNS);
        }
    }

    @Test
    void tokenize_allWaysToCutTextIntoWords_givesTheTokensOfTheWhole() {
        for (String name : Thorough.some(PreTokenizers.NAMES, 20, 5)) {
            ModelOptions options = ModelOptions.builder()
                    .vocabOnly(true)
                    .metadataOverrides(Map.of("tokenizer.ggml.pre", name))
                    .build();
            try (Model model = Model.load(DefaultModel.source(), options)) {
                assertThat(converse(model, List.of("<|im_start|>", "<|im_end|>"), name.hashCode(), 4))
                        .as(name)
                        .isPositive();
            }
        }
    }

    @Test
    void tokenize_sentencePiece_givesTheTokensOfTheWhole() {
        try (Model model = TestModels.tiny()) {
            List<String> special = special(model.vocab());
            int cuts = 0;
            for (int seed = 0; seed < Thorough.cases(20, 6, 3); seed++) {
                cuts += converse(model, special, seed, TURNS);
            }
            assertThat(cuts).isPositive();
        }
    }

    @Test
    void tokenize_conversationThatGrows_hasThePartsOfBefore() {
        try (Model model = TestModels.smol();
                ChatTemplate template = ChatTemplate.of(model)) {
            List<ChatMessage> messages = new ArrayList<>();
            List<PartTokens.Part> before = List.of();
            for (int turn = 0; turn < TURNS; turn++) {
                messages.add(ChatMessage.user("What is number " + turn + "? ".repeat(200)));
                List<PartTokens.Part> parts = PromptParts.of(template.render(ChatRequest.of(messages), false));
                assertThat(parts).hasSizeGreaterThan(turn);
                assertThat(parts.subList(0, before.size())).isEqualTo(before);
                before = parts.subList(0, parts.size() - 1);
                messages.add(ChatMessage.assistant("It is " + "x".repeat(300)));
            }
        }
    }
}
