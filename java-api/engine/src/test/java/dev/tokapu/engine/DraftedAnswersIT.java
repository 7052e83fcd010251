package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.tokapu.Model;
import dev.tokapu.SmolModel;
import dev.tokapu.TestModels;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.sampling.Grammar;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.testsupport.Thorough;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TokenAlternatives;
import dev.tokapu.text.TokenLogProbability;
import dev.tokapu.text.Usage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Answers of the default model with drafts, compared with those without. The prompts are shorter than the tokens from which on
 * it matters in how many pieces they are read.
 */
@Tag("cpu") // compares texts of steps of other shapes: a GPU adds them up in another order
@Timeout(300)
class DraftedAnswersIT {

    private static final Speculation ALWAYS = new Speculation.NGram(3, 8, false);

    private static final String LIST = "red apple, green pear, blue plum, yellow lemon, red cherry, black grape";

    private static final String REPEAT = "The list of fruits is: " + LIST + ". Once more, the list of fruits is: "
            + LIST + ". Once more, the list of fruits is:";

    private static final String CODE = """
            int add(int a, int b) { return a + b; }
            int sub(int a, int b) { return a - b; }
            int mul(int a, int b) { return a * b; }
            int add(""";

    private static final String JSON = """
            [{"name": "Ann", "age": 31, "city": "Paris"}, {"name": "Ben", "age": 32, "city": "Paris"},""";

    private static final String PROSE = "Once upon a time, in a village by the sea, there";

    private static final List<String> PROMPTS = List.of(REPEAT, CODE, JSON, PROSE);

    @SmolModel
    private static Model model;

    private static Engine engine;

    @BeforeAll
    static void load() {
        engine = Engine.start(
                model, EngineFixture.options().sequenceContextSize(512).build());
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static Request.Builder greedy(String prompt) {
        return Request.builder(prompt).samplers(Sampler.greedy()).maxTokens(48);
    }

    private static Generation ended(Generation generation) {
        generation.text();
        return generation;
    }

    /** Alone with and without drafts. */
    private static Generation assertSame(Request.Builder request) {
        Generation plain =
                ended(engine.submit(request.speculation(Speculation.none()).build()));
        Generation drafted = ended(engine.submit(request.speculation(ALWAYS).build()));
        assertSame(drafted, plain);
        return drafted;
    }

    private static void assertSame(Generation drafted, Generation plain) {
        assertThat(drafted.text()).isEqualTo(plain.text());
        assertThat(drafted.tokens()).containsExactly(plain.tokens());
        assertThat(drafted.finishReason()).isEqualTo(plain.finishReason());
        assertThat(plain.usage().draftedTokens()).isZero();
    }

    @Test
    void prompts_areTooShortForKernelsToDifferByThePiecesTheyAreReadIn() {
        assertThat(PROMPTS)
                .allSatisfy(prompt -> assertThat(model.vocab().tokenize(prompt)).hasSizeLessThan(TestModels.TILE));
    }

    /** Goes on as its prompt did, whatever the model would say. */
    private static Request.Builder repeating() {
        int[] list = model.vocab()
                .tokenize(
                        " " + LIST + ".",
                        TokenizeOptions.builder().addSpecial(false).build());
        return Request.builder("Lists:" + (" " + LIST + ".").repeat(2))
                .samplers(EngineFixture.saying(list), Sampler.greedy())
                .maxTokens(48);
    }

    @Test
    void answerThatRepeatsItsPrompt_takesFewerSteps() {
        long before = engine.snapshot().steps();
        Generation drafted = ended(engine.submit(repeating().speculation(ALWAYS).build()));
        assertThat(engine.snapshot().steps() - before).isLessThan(24);
        assertThat(drafted.usage().generatedTokens()).isEqualTo(48);
        assertThat(drafted.usage().acceptedTokens()).isGreaterThan(24);
        assertSame(drafted, ended(engine.submit(repeating().build())));
    }

    /** How many steps that are depends on what the model says; it says the same in any case. */
    @Test
    void greedy_repetitiveTexts_areTheSame() {
        for (String prompt : Thorough.some(List.of(REPEAT, CODE, JSON), 2, 1)) {
            long before = engine.snapshot().steps();
            Generation drafted =
                    ended(engine.submit(greedy(prompt).speculation(ALWAYS).build()));
            long steps = engine.snapshot().steps() - before;
            Usage usage = drafted.usage();
            assertThat(usage.draftedTokens()).isGreaterThanOrEqualTo(usage.acceptedTokens());
            assertThat(steps + usage.acceptedTokens())
                    .as("steps and drafts that saved one")
                    .isBetween((long) usage.generatedTokens(), usage.generatedTokens() + 2L);
            assertSame(drafted, ended(engine.submit(greedy(prompt).build())));
        }
    }

    @Test
    void chat_secondTurnRepeatsTheFirst_isTheSameAndDrafted() {
        int[] list = model.vocab()
                .tokenize(LIST, TokenizeOptions.builder().addSpecial(false).build());
        ChatOptions options = ChatOptions.builder()
                .samplers(EngineFixture.saying(list), Sampler.greedy())
                .maxTokens(list.length)
                .build();
        try (ChatSession plain = engine.chat(options);
                ChatSession drafting = engine.chat(options, SchedulingOptions.defaults(), ALWAYS)) {
            for (String text : List.of("Copy this: " + LIST, "Copy it once more: " + LIST)) {
                String expected = plain.send(text).text();
                assertThat(drafting.send(text).text()).isEqualTo(expected);
            }
            assertThat(drafting.history()).isEqualTo(plain.history());
            assertThat(plain.totalUsage().draftedTokens()).isZero();
            assertThat(drafting.totalUsage().acceptedTokens())
                    .isPositive()
                    .isLessThanOrEqualTo(drafting.totalUsage().draftedTokens());
        }
    }

    @Test
    @Tag("ffm")
    void greedy_prose_isTheSame() {
        assertSame(greedy(PROSE).maxTokens(64));
    }

    @Test
    void greedy_mixedWithOthersAndCancels_isTheSame() {
        List<String> prompts = Thorough.some(PROMPTS, 3, 2);
        List<Generation> plain = new ArrayList<>();
        prompts.forEach(prompt -> plain.add(ended(engine.submit(greedy(prompt).build()))));
        Random random = new Random(1);
        for (int round = 0; round < Thorough.cases(2, 1, 1); round++) {
            List<Generation> all = new ArrayList<>();
            List<Generation> cancelled = new ArrayList<>();
            for (int i = 0; i < prompts.size(); i++) {
                Request.Builder request = greedy(prompts.get(i));
                all.add(engine.submit(
                        i == round
                                ? request.build()
                                : request.speculation(new Speculation.NGram(2, 6, false))
                                        .build()));
                Generation other =
                        engine.submit(greedy(REPEAT).speculation(ALWAYS).build());
                cancelled.add(other);
                if (random.nextBoolean()) {
                    other.iterator().next();
                }
                other.cancel();
            }
            for (int i = 0; i < all.size(); i++) {
                assertSame(ended(all.get(i)), plain.get(i));
            }
            cancelled.forEach(DraftedAnswersIT::ended);
        }
        EngineFixture.awaitIdle(engine);
    }

    @Test
    void seeded_temperature_isTheSame() {
        for (String prompt : Thorough.some(PROMPTS, 2, 1)) {
            for (int seed = 1; seed <= Thorough.cases(2, 1, 1); seed++) {
                assertSame(Request.builder(prompt)
                        .samplers(Sampler.topK(40), Sampler.temperature(0.7), Sampler.dist(seed))
                        .maxTokens(32));
            }
        }
    }

    @Test
    @Tag("ffm")
    void seeded_penalties_areTheSame() {
        assertSame(Request.builder(REPEAT)
                .samplers(Sampler.penalties(64, 1.1, 0, 0), Sampler.temperature(0.5), Sampler.dist(5))
                .maxTokens(32));
    }

    @Test
    void severalAnswers_areTheSame() {
        Request.Builder request = Request.builder(REPEAT)
                .samplers(Sampler.temperature(0.6), Sampler.dist(3))
                .answers(3)
                .maxTokens(32);
        List<Generation> plain = engine.submit(request.build()).answers();
        plain.forEach(DraftedAnswersIT::ended);
        List<Generation> drafted =
                engine.submit(request.speculation(ALWAYS).build()).answers();
        for (int i = 0; i < 3; i++) {
            assertSame(ended(drafted.get(i)), plain.get(i));
        }
    }

    @Test
    void grammar_isTheSame() {
        Grammar grammar = Sampler.grammar("root ::= (\" red apple,\")+");
        Generation drafted = assertSame(
                Request.builder(REPEAT).samplers(grammar, Sampler.greedy()).maxTokens(32));
        assertThat(" red apple,".repeat(32)).startsWith(drafted.text());
        assertThat(drafted.usage().acceptedTokens()).isPositive();
    }

    /** Wherever a stop text lies in what was drafted, what comes behind it is no part of the answer. */
    @Test
    void stops_anywhereInDrafts_endTheSame() {
        String whole = ended(engine.submit(greedy(REPEAT).build())).text();
        List<Integer> places = IntStream.iterate(20, from -> from + 4 < whole.length() - 20, from -> from + 16)
                .boxed()
                .toList();
        for (int from : Thorough.some(places, 3, 1)) {
            String stop = whole.substring(from, from + 4);
            Generation drafted = assertSame(greedy(REPEAT).stops(stop));
            assertThat(drafted.finishReason()).isEqualTo(FinishReason.STOP_TEXT);
            assertThat(drafted.text()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
        }
    }

    @Test
    void maxTokens_insideADraft_endsThere() {
        Generation whole = ended(engine.submit(greedy(REPEAT).build()));
        List<Integer> limits = IntStream.iterate(1, most -> most < whole.tokens().length, most -> most + 3)
                .boxed()
                .toList();
        for (int most : Thorough.some(limits, 5, 2)) {
            Generation drafted = ended(engine.submit(
                    greedy(REPEAT).maxTokens(most).speculation(ALWAYS).build()));
            assertThat(drafted.tokens()).containsExactly(Arrays.copyOf(whole.tokens(), most));
            assertThat(whole.text()).startsWith(drafted.text());
            assertThat(drafted.usage().generatedTokens()).isEqualTo(most);
            assertThat(drafted.finishReason()).isEqualTo(FinishReason.MAX_TOKENS);
        }
        EngineFixture.awaitIdle(engine);
    }

    @Test
    @Tag("ffm")
    void logProbabilities_areTheSame() {
        Request.Builder request = greedy(REPEAT).logProbabilities(2);
        List<TokenAlternatives> plain = ended(engine.submit(request.build())).logProbabilities();
        List<TokenAlternatives> drafted =
                ended(engine.submit(request.speculation(ALWAYS).build())).logProbabilities();
        assertThat(drafted).hasSameSizeAs(plain);
        for (int i = 0; i < plain.size(); i++) {
            // Processors without AVX2 multiply one token by another kernel than several.
            assertThat(values(drafted.get(i))).as("token %d", i).containsExactly(values(plain.get(i)), offset(1e-3));
        }
    }

    private static double[] values(TokenAlternatives alternatives) {
        return Stream.concat(Stream.of(alternatives.chosen()), alternatives.top().stream())
                .mapToDouble(TokenLogProbability::logProbability)
                .toArray();
    }
}
