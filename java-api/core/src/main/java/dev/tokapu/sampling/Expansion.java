package dev.tokapu.sampling;

import dev.tokapu.Model;
import dev.tokapu.TokenizeOptions;
import dev.tokapu.Vocab;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Replaces samplers that stand for others, which only a model can tell. */
final class Expansion {

    private Expansion() {}

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
        return List.copyOf(result);
    }

    private static LogitBias tokens(Vocab vocab, TextBias texts) {
        Map<Integer, Float> biases = new HashMap<>();
        TokenizeOptions plain = new TokenizeOptions(false, false);
        texts.biases().forEach((text, bias) -> {
            for (int token : vocab.tokenize(text, plain)) {
                biases.merge(token, bias, Float::sum);
            }
        });
        return new LogitBias(biases);
    }
}
