package dev.tokapu.server.llamacpp;

import dev.tokapu.Model;
import dev.tokapu.Vocab;
import dev.tokapu.engine.Request;
import dev.tokapu.internal.util.Largest;
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

    /** Options of one answer with a recorder, which notes so many of the likeliest candidates. */
    static GenerationOptions in(GenerationOptions options, Model model, int count) {
        List<Sampler> all;
        try (SamplerChain chain = SamplerChain.of(model, options.samplers())) {
            all = new ArrayList<>(chain.samplers());
        }
        int last = all.size() - 1;
        all.add(last, new CandidateRecorder(model.vocab(), count, all.get(last) instanceof Greedy));
        return options.overriddenBy(GenerationOptions.builder().samplers(all).build());
    }

    /** The recorder of a request; null if it has none. */
    static @Nullable CandidateRecorder of(Request request) {
        for (Sampler sampler : request.generation().samplers()) {
            if (sampler instanceof CandidateRecorder recorder) {
                return recorder;
            }
        }
        return null;
    }

    /** What was noted for each token so far from one of them on, a token that ends the answer included; candidates with probability 0 are left out. */
    List<TokenAlternatives> noted(int from) {
        synchronized (noted) {
            return List.copyOf(noted.subList(Math.min(from, noted.size()), noted.size()));
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
        int[] best = Largest.indexes(logits, size, count);
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

    @Override
    public String name() {
        return "candidate-recorder";
    }
}
