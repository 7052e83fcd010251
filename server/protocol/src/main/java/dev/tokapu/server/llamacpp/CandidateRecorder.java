package dev.tokapu.server.llamacpp;

import dev.tokapu.Model;
import dev.tokapu.Vocab;
import dev.tokapu.engine.Request;
import dev.tokapu.sampling.CustomSampler;
import dev.tokapu.sampling.Greedy;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.SamplerChain;
import dev.tokapu.sampling.TokenCandidates;
import dev.tokapu.text.GenerationOptions;
import dev.tokapu.text.TokenAlternatives;
import dev.tokapu.text.TokenLogProbability;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Notes which candidates the samplers of one answer leave for each of its tokens, and how likely each of them is: it stands before the
 * sampler that selects.
 *
 * <p>Thread safety: called by the thread that uses the chain; what it has noted, by any.
 */
final class CandidateRecorder implements CustomSampler {

    private final Vocab vocab;
    private final int count;
    private final boolean greedy;
    private int[] tokens = {}; // of the candidates for the next token
    private float[] logits = {};
    private int size;
    private final List<TokenAlternatives> noted = new ArrayList<>(); // with its lock

    /** {@code greedy}: the likeliest candidate is certain. */
    private CandidateRecorder(Vocab vocab, int count, boolean greedy) {
        this.vocab = vocab;
        this.count = count;
        this.greedy = greedy;
    }

    /** Options of one answer with such a sampler; so many of the likeliest are noted. */
    static GenerationOptions in(GenerationOptions options, Model model, int count) {
        List<Sampler> all;
        try (SamplerChain chain = SamplerChain.of(model, options.samplers())) {
            all = new ArrayList<>(chain.samplers());
        }
        int last = all.size() - 1;
        all.add(last, new CandidateRecorder(model.vocab(), count, all.get(last) instanceof Greedy));
        return options.overriddenBy(GenerationOptions.builder().samplers(all).build());
    }

    /** That of a request; null where it has none. */
    static @Nullable CandidateRecorder of(Request request) {
        for (Sampler sampler : request.generation().samplers()) {
            if (sampler instanceof CandidateRecorder recorder) {
                return recorder;
            }
        }
        return null;
    }

    /** What was noted of each token so far, that of an end among them; no logarithms of zero. */
    List<TokenAlternatives> noted() {
        synchronized (noted) {
            return List.copyOf(noted);
        }
    }

    @Override
    public void apply(TokenCandidates candidates) {
        size = candidates.size();
        if (tokens.length < size) {
            tokens = new int[size];
            logits = new float[size];
        }
        for (int i = 0; i < size; i++) {
            tokens[i] = candidates.token(i);
            logits[i] = candidates.logit(i);
        }
    }

    @Override
    public void accept(int token) {
        TokenAlternatives alternatives = greedy ? certain(token) : alternatives(token);
        synchronized (noted) {
            noted.add(alternatives);
        }
    }

    private TokenAlternatives certain(int token) {
        TokenLogProbability only = told(token, 0);
        return new TokenAlternatives(only, List.of(only));
    }

    private TokenAlternatives alternatives(int chosen) {
        int[] best = likeliest();
        float largest = best.length == 0 ? 0 : logits[best[0]];
        double sum = 0;
        double own = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < size; i++) {
            sum += Math.exp(logits[i] - largest);
            own = tokens[i] == chosen ? logits[i] - largest : own;
        }
        double log = Math.log(sum);
        List<TokenLogProbability> top = new ArrayList<>();
        for (int index : best) {
            if (logits[index] > Float.NEGATIVE_INFINITY) { // others cannot be selected
                top.add(told(tokens[index], logits[index] - largest - log));
            }
        }
        return new TokenAlternatives(told(chosen, own - log), top);
    }

    private TokenLogProbability told(int token, double logProbability) {
        return new TokenLogProbability(token, new String(vocab.piece(token), StandardCharsets.UTF_8), logProbability);
    }

    /** Places of the largest logits, the largest first: there are few, so each is put into its place among those so far. */
    private int[] likeliest() {
        int[] best = new int[Math.min(Math.max(1, count), size)];
        int found = 0;
        for (int i = 0; i < size; i++) {
            if (found == best.length && logits[i] <= logits[best[found - 1]]) {
                continue;
            }
            int at = found < best.length ? found++ : found - 1;
            while (at > 0 && logits[i] > logits[best[at - 1]]) {
                best[at] = best[at - 1];
                at--;
            }
            best[at] = i;
        }
        return Arrays.copyOf(best, found);
    }

    @Override
    public String name() {
        return "candidate-recorder";
    }
}
