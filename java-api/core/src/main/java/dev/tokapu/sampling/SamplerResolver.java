package dev.tokapu.sampling;

import dev.tokapu.Model;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import dev.tokapu.internal.util.Checks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Replaces samplers whose meaning depends on the model, {@link ModelDefaults} and {@link TextBias}, and checks what makes a
 * chain of them.
 */
final class SamplerResolver {

    private SamplerResolver() {}

    static List<Sampler> of(Model model, List<? extends Sampler> samplers) {
        List<Sampler> result = new ArrayList<>();
        for (Sampler sampler : samplers) {
            if (sampler instanceof ModelDefaults defaults) {
                result.addAll(MetadataSamplers.of(model.metadata(), defaults));
            } else if (sampler instanceof TextBias bias) {
                result.add(tokens(model.vocab(), bias));
            } else {
                result.add(sampler);
            }
        }
        check(result, model.vocab().size());
        return List.copyOf(result);
    }

    private static void check(List<Sampler> samplers, int vocabSize) {
        if (samplers.isEmpty()) {
            throw new IllegalArgumentException("no samplers; give at least one, for example Sampler.greedy()");
        }
        for (Sampler sampler : samplers.subList(0, samplers.size() - 1)) {
            if (sampler.selects()) {
                throw new IllegalArgumentException(sampler + " selects a token, so it must be the last of the chain");
            }
        }
        for (Sampler sampler : samplers) {
            if (sampler instanceof LogitBias bias) {
                bias.biases().keySet().forEach(token -> Checks.token(token, vocabSize));
            } else if (sampler instanceof LazyGrammar grammar) {
                grammar.tokens().forEach(token -> Checks.token(token, vocabSize));
            }
        }
    }

    private static LogitBias tokens(Vocab vocab, TextBias texts) {
        Map<Integer, Float> biases = new HashMap<>();
        TokenizeOptions plain = TokenizeOptions.builder().addSpecial(false).build();
        texts.biases().forEach((text, bias) -> {
            for (int token : vocab.tokenize(text, plain)) {
                biases.merge(token, bias, Float::sum);
            }
        });
        return new LogitBias(biases);
    }
}
