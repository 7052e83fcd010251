package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.Batch;
import dev.tokapu.Context;
import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.TinyModel;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.testsupport.Thorough;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sampled answers with drafts, and the probabilities that the model itself gives: a chi-square test. Seeds are fixed. */
@Timeout(300)
class DraftedDistributionIT {

    private static final int[] PROMPT = {5, 6, 7, 8, 9, 10};
    private static final int CHOICES = 3;
    private static final int LENGTH = 3;

    /** Of 26 degrees of freedom, one in ten million is above it. */
    private static final double UNLIKELY = 84;

    @TinyModel
    private static Model model;

    @Test
    void sampledTexts_haveTheModelsProbabilities() {
        Map<List<Integer>, Double> expected = probabilities();
        assertThat(expected).hasSize(27);
        int answers = Thorough.cases(20_000, 2_000, 1_000);
        for (Speculation drafts : List.of(new Speculation.DraftModel(4, 0, false), Speculation.none())) {
            Map<List<Integer>, Integer> seen = new HashMap<>();
            long accepted = sample(answers, drafts, seen);
            assertThat(accepted > 0).as("drafts were right").isEqualTo(drafts.maxDraft() > 0);
            assertThat(expected.keySet()).containsAll(seen.keySet());
            double chiSquare = 0;
            for (Map.Entry<List<Integer>, Double> text : expected.entrySet()) {
                double mean = text.getValue() * answers;
                double difference = seen.getOrDefault(text.getKey(), 0) - mean;
                chiSquare += difference * difference / mean;
            }
            assertThat(chiSquare).as("%s", drafts).isLessThan(UNLIKELY);
        }
    }

    private static long sample(int answers, Speculation drafts, Map<List<Integer>, Integer> seen) {
        try (Engine engine = Engine.start(
                model, EngineFixture.options().maxSequences(8).draftModel(model).build())) {
            List<Generation> all = new ArrayList<>();
            for (int i = 0; i < answers; i++) {
                all.add(engine.submit(Request.builder(PROMPT)
                        .samplers(Sampler.topK(CHOICES), Sampler.temperature(2), Sampler.dist(1000 + i))
                        .ignoreEnd(true)
                        .maxTokens(LENGTH)
                        .speculation(drafts)
                        .build()));
                if (all.size() == 500 || i == answers - 1) {
                    all.forEach(answer -> {
                        answer.text();
                        seen.merge(IntStream.of(answer.tokens()).boxed().toList(), 1, Integer::sum);
                    });
                    all.clear();
                }
            }
            return engine.snapshot().acceptedTokens();
        }
    }

    private static Map<List<Integer>, Double> probabilities() {
        Map<List<Integer>, Double> texts = Map.of(List.of(), 1.0);
        ContextOptions options = ContextOptions.builder()
                .contextSize(PROMPT.length + LENGTH)
                .threads(1)
                .batchThreads(1)
                .build();
        try (Context context = model.newContext(options)) {
            for (int i = 0; i < LENGTH; i++) {
                Map<List<Integer>, Double> longer = new HashMap<>();
                texts.forEach((text, probability) -> next(context, text).forEach((token, next) -> {
                    List<Integer> more = new ArrayList<>(text);
                    more.add(token);
                    longer.put(more, probability * next);
                }));
                texts = longer;
            }
        }
        return texts;
    }

    /** The likeliest tokens behind a text at temperature 2. */
    private static Map<Integer, Double> next(Context context, List<Integer> text) {
        context.kvCache().clear();
        int[] tokens = IntStream.concat(IntStream.of(PROMPT), text.stream().mapToInt(token -> token))
                .toArray();
        context.decode(new Batch(tokens.length).addAll(tokens, 0, 0));
        float[] logits = context.outputs().logits(-1);
        int[] best = IntStream.range(0, logits.length)
                .boxed()
                .sorted((a, b) -> Float.compare(logits[b], logits[a]))
                .limit(CHOICES)
                .mapToInt(token -> token)
                .toArray();
        double sum = IntStream.of(best)
                .mapToDouble(token -> Math.exp(logits[token] / 2))
                .sum();
        Map<Integer, Double> chosen = new HashMap<>();
        for (int token : best) {
            chosen.put(token, Math.exp(logits[token] / 2) / sum);
        }
        return chosen;
    }
}
