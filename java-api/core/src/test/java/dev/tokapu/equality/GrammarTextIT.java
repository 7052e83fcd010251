package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Model;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.testsupport.Oracle;
import dev.tokapu.testsupport.Thorough;
import dev.tokapu.text.TextStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Texts held to a grammar, compared with llama-completion: the same tokens for the same seed, so the same draws, also where the
 * grammar refuses the first choice and a second one is drawn.
 */
class GrammarTextIT {

    private static final int TOKENS = 24;
    private static final int CONTEXT_SIZE = 2048;
    private static final List<Integer> SEEDS = Thorough.some(List.of(1, 7, 1234), 2, 1);

    private static final String PROMPT = "My favorite fruits, in order, are";

    /** Each refuses what the models would write at some steps and agrees with it at others. */
    private static final List<String> GRAMMARS = List.of(
            "root ::= item (\",\" item){3} \"!\"\nitem ::= \" \" [a-z]{3,9}",
            "root ::= \"{\\\"name\\\": \\\"\" [A-Za-z ]{1,20} \"\\\", \\\"age\\\": \" [1-9] [0-9]? \"}\"",
            "root ::= [^\\n]* \"\\n\" [0-9]+ \".\"");

    @ParameterizedTest
    @EnumSource
    void complete_greedy_equalToLlamaCompletion(Reference reference) {
        assertEqual("grammar-greedy", reference, List.of("--temp", "0"), List.of(Sampler.greedy()));
    }

    @ParameterizedTest
    @EnumSource
    void complete_seeded_equalToLlamaCompletion(Reference reference) {
        for (int seed : SEEDS) {
            List<String> options = List.of("-s", Integer.toString(seed));
            assertEqual("grammar-seed-" + seed, reference, options, Sampler.defaults(seed));
        }
    }

    /** The penalties look back at the prompt too, with a grammar as without. */
    @Test
    @Tag("ffm")
    void complete_penalties_equalToLlamaCompletion() {
        List<String> options =
                List.of("-s", "5", "--repeat-penalty", "1.3", "--repeat-last-n", "64", "--samplers", "penalties;top_k");
        List<Sampler> samplers = List.of(Sampler.penalties(64, 1.3, 0, 0), Sampler.topK(40), Sampler.dist(5));
        assertEqual("grammar-penalties", Reference.DEFAULT, options, samplers);
    }

    private static void assertEqual(
            String question, Reference reference, List<String> options, List<Sampler> samplers) {
        List<String> actual = new ArrayList<>();
        try (Model model = reference.load()) {
            for (String gbnf : GRAMMARS) {
                List<Sampler> chain = new ArrayList<>(samplers);
                chain.add(0, Sampler.grammar(gbnf));
                CompletionOptions settings = CompletionOptions.builder()
                        .context(Reference.options(CONTEXT_SIZE))
                        .samplers(chain)
                        .maxTokens(TOKENS)
                        .build();
                try (TextStream completion = Completion.of(model, PROMPT, settings)) {
                    actual.add(completion.text());
                }
            }
        }
        List<String> expected =
                Answers.texts(question + "-" + TOKENS, GRAMMARS, reference, () -> ask(reference, options));
        assertThat(expected).hasSameSizeAs(GRAMMARS).allMatch(text -> !text.isEmpty());
        assertThat(actual).isEqualTo(expected);
    }

    private static List<String> ask(Reference reference, List<String> options) {
        Oracle oracle = Reference.oracle();
        return GRAMMARS.stream()
                .map(gbnf -> oracle.completionByGrammar(
                                reference.file(), PROMPT, TOKENS, Reference.THREADS, gbnf, options)
                        .text())
                .toList();
    }
}
