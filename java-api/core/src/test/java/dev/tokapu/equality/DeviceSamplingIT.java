package dev.tokapu.equality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.Model;
import dev.tokapu.TestModels;
import dev.tokapu.chat.ChatOptions;
import dev.tokapu.chat.ChatSession;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.sampling.OnDevice;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.testsupport.Corpus;
import dev.tokapu.testsupport.Thorough;
import dev.tokapu.text.TextStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sampling where the logits are computed, here on the CPU backend, compared with sampling as usual. That greedy texts equal
 * llama-completion's is shown by {@link GreedyTextIT}.
 */
class DeviceSamplingIT {

    static final String PROPERTY = "tokapu.deviceSampling";
    private static final int TOKENS = 32;
    private static final int DRAWS = 4000;

    /** Tokens drawn less often on both sides together are counted as one: chi-square wants a few in each cell. */
    private static final int RARE = 10;

    @AfterEach
    void forget() {
        System.clearProperty(PROPERTY);
    }

    @ParameterizedTest
    @EnumSource
    void penaltiesAndGreedy_somePrompts_areIdentical(Reference reference) {
        try (Model model = reference.load()) {
            Sampler[] samplers = {Sampler.penalties(64, 1.3, 0.2, 0.1), Sampler.greedy()};
            assertThat(texts(model, "on", samplers)).isEqualTo(texts(model, "off", samplers));
        }
    }

    private static List<String> texts(Model model, String property, Sampler... samplers) {
        System.setProperty(PROPERTY, property);
        CompletionOptions options = CompletionOptions.builder()
                .context(Reference.options(512))
                .samplers(samplers)
                .maxTokens(TOKENS)
                .build();
        List<String> texts = new ArrayList<>();
        for (String prompt : Thorough.some(Corpus.prompts().subList(0, 5), 3, 2)) {
            try (TextStream completion = Completion.of(model, prompt, options)) {
                texts.add(completion.text());
            }
        }
        return texts;
    }

    @Test
    void chat_severalAnswers_isIdentical() {
        assertThat(answers("on")).isEqualTo(answers("off"));
    }

    private static List<String> answers(String property) {
        System.setProperty(PROPERTY, property);
        ChatOptions options = ChatOptions.builder()
                .context(Reference.options(1024))
                .samplers(Sampler.greedy())
                .maxTokens(24)
                .build();
        try (Model model = TestModels.smol();
                ChatSession chat = ChatSession.open(model, options)) {
            return List.of(
                    chat.send("Why is the sky blue?").text(),
                    chat.send("And the sea?").text());
        }
    }

    static List<List<Sampler>> chains() {
        return Thorough.some(
                List.of(
                        List.of(Sampler.dist(7)),
                        List.of(Sampler.topK(8), Sampler.dist(7)),
                        List.of(Sampler.temperature(3), Sampler.topP(0.9), Sampler.dist(7)),
                        List.of(Sampler.temperature(3), Sampler.minP(0.05), Sampler.dist(7)),
                        List.of(Sampler.temperature(0.6), Sampler.dist(7)),
                        List.of(Sampler.logitBias(Map.of(300, 2f, 301, -3f)), Sampler.dist(7)),
                        List.of(
                                Sampler.temperature(3),
                                Sampler.topK(40),
                                Sampler.topP(0.95),
                                Sampler.minP(0.05),
                                Sampler.dist(7))),
                5,
                2);
    }

    /**
     * Draws the same next token again and again on both sides, with fixed seeds: a chi-square test of two samples with a
     * threshold that equal distributions exceed in one of ten million runs.
     */
    @ParameterizedTest
    @MethodSource("chains")
    void distribution_manyDraws_isTheSame(List<Sampler> samplers) {
        try (Model model = TestModels.tiny()) {
            int[] usual = draw(model, samplers, false);
            List<Sampler> other = new ArrayList<>(samplers);
            other.set(other.size() - 1, Sampler.dist(1234));
            int[] device = draw(model, other, true);
            double chiSquare = 0;
            int cells = 0;
            double restUsual = 0;
            double restDevice = 0;
            for (int i = 0; i < usual.length; i++) {
                if (usual[i] + device[i] < RARE) {
                    restUsual += usual[i];
                    restDevice += device[i];
                } else {
                    chiSquare += cell(usual[i], device[i]);
                    cells++;
                }
            }
            if (restUsual + restDevice > 0) {
                chiSquare += cell(restUsual, restDevice);
                cells++;
            }
            int freedom = cells - 1;
            assertThat(freedom).as("more than one token is possible").isPositive();
            assertThat(chiSquare).as("%d degrees of freedom", freedom).isLessThan(threshold(freedom));
        }
    }

    private static double cell(double a, double b) {
        return (a - b) * (a - b) / (a + b);
    }

    /** Wilson and Hilferty's cube root at 5.2 standard deviations: less than 1e-7. */
    private static double threshold(int freedom) {
        double spread = 2.0 / (9 * freedom);
        return freedom * Math.pow(1 - spread + 5.2 * Math.sqrt(spread), 3);
    }

    @Test
    void threshold_ofTables_isRare() {
        // exceeded with probability 5.1e-8 and 9.0e-8
        assertThat(threshold(10)).isBetween(53.8, 53.9);
        assertThat(threshold(100)).isBetween(191.9, 192.1);
    }

    private static int[] draw(Model model, List<Sampler> samplers, boolean onDevice) {
        int[] counts = new int[model.vocab().size()];
        int[] prompt = model.vocab().tokenize("once upon a time");
        Batch batch = new Batch(prompt.length).addAll(prompt, 0, 0);
        try (Context context = model.newContext(TestModels.small().build());
                SamplerChain chain = SamplerChain.of(model, samplers)) {
            if (onDevice) {
                assertThat(chain.attach(context, 0)).isEqualTo(OnDevice.WHOLE);
            }
            context.decode(batch);
            Batch last = new Batch(1).add(prompt[prompt.length - 1], prompt.length - 1, 0, true);
            for (int i = 0; i < DRAWS; i++) {
                if (onDevice || i == 0) { // a device draws when it decodes
                    context.kvCache().remove(0, prompt.length - 1, -1);
                    context.decode(last);
                }
                counts[chain.sample(context, -1)]++;
            }
        }
        return counts;
    }

    @Test
    void attach_chainThatPartlyRunsThere_givesTheSameDraws() {
        List<Sampler> samplers = List.of(Sampler.topK(10), Sampler.typicalP(0.9), Sampler.dist(5));
        try (Model model = TestModels.tiny();
                Context context = model.newContext(TestModels.small().build());
                SamplerChain attached = SamplerChain.of(model, samplers);
                SamplerChain usual = SamplerChain.of(model, samplers)) {
            int[] prompt = model.vocab().tokenize("once upon a time");
            Batch batch = new Batch(prompt.length).addAll(prompt, 0, 0);
            context.decode(batch);
            int expected = usual.sample(context, -1);
            context.kvCache().clear();
            assertThat(attached.attach(context, 0)).isEqualTo(OnDevice.PART);
            context.decode(batch);
            assertThat(attached.sample(context, -1)).isEqualTo(expected);
            SamplerChain.detach(context, 0);
            context.kvCache().clear();
            context.decode(batch);
            assertThat(context.outputs().logits(-1)).hasSize(model.vocab().size());
        }
    }

    @Test
    void attach_chainOfAnotherModel_isRefused() {
        try (Model model = TestModels.tiny();
                Model other = TestModels.tiny();
                Context context = model.newContext(TestModels.small().build());
                SamplerChain chain = SamplerChain.of(other, Sampler.greedy())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> chain.attach(context, 0))
                    .withMessageContaining("make a chain for that model");
        }
    }
}
