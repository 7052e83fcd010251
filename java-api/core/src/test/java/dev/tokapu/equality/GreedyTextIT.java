package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.Vocab;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.testsupport.Corpus;
import dev.tokapu.testsupport.Oracle;
import dev.tokapu.testsupport.Thorough;
import dev.tokapu.text.FinishReason;
import dev.tokapu.text.TextStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Greedy continuations, compared with llama-completion. */
class GreedyTextIT {

    private static final int TOKENS = 64;
    private static final int CONTEXT_SIZE = 2048;

    private static <T> List<T> some(List<T> all) {
        return Thorough.some(all, 6, 2);
    }

    @ParameterizedTest
    @EnumSource
    void greedyLoop_twentyPrompts_equalToLlamaCompletion(Reference reference) {
        List<String> actual = new ArrayList<>();
        try (Model model = reference.load();
                Context context = Reference.context(model, CONTEXT_SIZE)) {
            for (String prompt : some(Corpus.prompts())) {
                actual.add(continuation(context, prompt, TOKENS));
            }
        }
        assertThat(actual).isNotEmpty().isEqualTo(some(expected(reference)));
    }

    /**
     * A completion samples where the logits are computed, here on the CPU's backend. How tokens are chosen is all that is new
     * beside the loop above: half as many of each text show that.
     */
    @ParameterizedTest
    @EnumSource
    void complete_samplingOnDevice_equalToLlamaCompletion(Reference reference) {
        assertEqualToLlamaCompletion(reference, "on", Thorough.cases(20, 5, 1));
    }

    /** The same code as on the device but for the choice of tokens, which the loop covers: some prompts are enough. */
    @ParameterizedTest
    @EnumSource
    void complete_samplingAsUsual_equalToLlamaCompletion(Reference reference) {
        assertEqualToLlamaCompletion(reference, "auto", Thorough.cases(4, 2, 1));
        assertEqualToLlamaCompletion(reference, "off", Thorough.cases(4, 2, 1));
    }

    private static void assertEqualToLlamaCompletion(Reference reference, String deviceSampling, int prompts) {
        List<String> expected = expected(reference);
        CompletionOptions options = CompletionOptions.builder()
                .context(Reference.options(CONTEXT_SIZE))
                .samplers(Sampler.greedy())
                .maxTokens(TOKENS / 2)
                .build();
        System.setProperty(DeviceSamplingIT.PROPERTY, deviceSampling);
        try (Model model = reference.load()) {
            for (int i = 0; i < prompts; i++) {
                try (TextStream completion =
                        Completion.of(model, Corpus.prompts().get(i), options)) {
                    assertBeginning(expected.get(i), completion.text(), completion.finishReason());
                }
            }
        } finally {
            System.clearProperty(DeviceSamplingIT.PROPERTY);
        }
    }

    /** The limit may cut a character, which then is U+FFFD; a text that ended by itself must be the whole. */
    private static void assertBeginning(String whole, String text, FinishReason reason) {
        if (reason == FinishReason.MAX_TOKENS) {
            assertThat(whole).startsWith(text.replaceAll("\\uFFFD+$", ""));
        } else {
            assertThat(text).isEqualTo(whole);
        }
    }

    private static List<String> expected(Reference reference) {
        List<String> prompts = Corpus.prompts();
        assertThat(prompts).hasSizeGreaterThanOrEqualTo(20);
        List<String> texts = Answers.texts("greedy-" + TOKENS, prompts, reference, () -> ask(reference, prompts));
        assertThat(texts).hasSameSizeAs(prompts).allMatch(text -> !text.isEmpty());
        return texts;
    }

    private static List<String> ask(Reference reference, List<String> prompts) {
        Oracle oracle = Reference.oracle();
        Path file = reference.file();
        return prompts.stream()
                .map(prompt -> oracle.completionGreedy(file, prompt, TOKENS, Reference.THREADS)
                        .text())
                .toList();
    }

    static String continuation(Context context, String prompt, int tokens) {
        Vocab vocab = context.model().vocab();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        context.kvCache().clear();
        int[] promptTokens = vocab.tokenize(prompt);
        Batch batch = new Batch(Math.max(1, promptTokens.length)).addAll(promptTokens, 0, 0);
        try (SamplerChain greedy = SamplerChain.of(context.model(), Sampler.greedy())) {
            for (int n = 0; n < tokens; n++) {
                context.decode(batch);
                int token = greedy.sample(context, -1);
                if (vocab.isEndOfGeneration(token)) {
                    break;
                }
                text.writeBytes(vocab.piece(token));
                batch.clear().add(token, promptTokens.length + n, 0, true);
            }
        }
        return text.toString(StandardCharsets.UTF_8);
    }
}
