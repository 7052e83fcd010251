package dev.tokapu.examples.customsampler;

import dev.tokapu.ContextOptions;
import dev.tokapu.Model;
import dev.tokapu.Vocab;
import dev.tokapu.completion.Completion;
import dev.tokapu.completion.CompletionOptions;
import dev.tokapu.sampling.CustomSampler;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.TokenCandidates;
import dev.tokapu.source.DefaultModel;
import dev.tokapu.source.ModelSource;
import dev.tokapu.text.StoppingCriterion;
import dev.tokapu.text.TextStream;
import dev.tokapu.text.TokenAlternatives;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Samplers written in Java: a letter that never comes, no token twice in a row, a temperature that falls. */
public final class CustomSamplers {

    private static final String PROMPT = "Once upon a time, in a village by the sea,";

    private CustomSamplers() {}

    public static void main(String[] args) {
        ModelSource source = args.length > 0 ? ModelSource.file(Path.of(args[0])) : DefaultModel.source();
        try (Model model = Model.load(source)) {
            Sampler dist = Sampler.dist(7);
            System.out.println("No letter e:\n" + complete(model, without(model, "e"), Sampler.topK(40), dist));
            System.out.println("No token twice in a row:\n" + complete(model, noRepeats(), Sampler.greedy()));
            System.out.println("From bold to careful:\n" + complete(model, Sampler.topK(40), new Cooling(), dist));
            System.out.println("How sure it was:");
            printLogProbabilities(model);
        }
    }

    private static CompletionOptions.Builder options() {
        return CompletionOptions.builder()
                .context(ContextOptions.builder().contextSize(256).build())
                .maxTokens(32);
    }

    static String complete(Model model, Sampler... samplers) {
        try (TextStream text =
                Completion.of(model, PROMPT, options().samplers(samplers).build())) {
            return text.text();
        }
    }

    static Sampler without(Model model, String letter) {
        Vocab vocab = model.vocab();
        BitSet unwanted = new BitSet();
        for (int token = 0; token < vocab.size(); token++) {
            unwanted.set(token, vocab.detokenize(token).toLowerCase(Locale.ROOT).contains(letter));
        }
        return Sampler.custom(candidates -> candidates.removeIf((token, logit) -> unwanted.get(token)));
    }

    static Sampler noRepeats() {
        return Sampler.customLogits((tokens, candidates) -> {
            int last = candidates.indexOf(tokens.last());
            if (last >= 0) {
                candidates.setLogit(last, Float.NEGATIVE_INFINITY);
            }
        });
    }

    /** Divides logits by a temperature that falls from 1.5 to 0.3 within 24 tokens. */
    static final class Cooling implements CustomSampler {

        private int generated;

        @Override
        public void apply(TokenCandidates candidates) {
            float temperature = Math.max(0.3f, 1.5f - generated * 0.05f);
            for (int i = 0; i < candidates.size(); i++) {
                candidates.setLogit(i, candidates.logit(i) / temperature);
            }
        }

        @Override
        public void accept(int token) {
            generated++;
        }

        @Override
        public void reset() {
            generated = 0;
        }

        @Override
        public CustomSampler copy() {
            Cooling copy = new Cooling();
            copy.generated = generated;
            return copy;
        }
    }

    static void printLogProbabilities(Model model) {
        CompletionOptions options = options()
                .samplers(Sampler.greedy())
                .logProbabilities(3)
                .stoppingCriteria(
                        StoppingCriterion.matches(Pattern.compile("[.!?]")),
                        StoppingCriterion.maxTime(Duration.ofSeconds(20)))
                .build();
        try (TextStream text = Completion.of(model, PROMPT, options)) {
            text.text();
            for (TokenAlternatives token : text.logProbabilities()) {
                List<String> texts = token.top().stream()
                        .map(top -> top.text().replace("\n", "\\n"))
                        .toList();
                System.out.printf(Locale.ROOT, "%5.3f %s%n", token.chosen().probability(), texts);
            }
        }
    }
}
