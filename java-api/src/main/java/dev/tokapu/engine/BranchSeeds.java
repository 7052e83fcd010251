package dev.tokapu.engine;

import dev.tokapu.sampling.AdaptiveP;
import dev.tokapu.sampling.Dist;
import dev.tokapu.sampling.Mirostat;
import dev.tokapu.sampling.MirostatV2;
import dev.tokapu.sampling.ModelDefaults;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.Xtc;
import java.util.List;

/** Random numbers of its own for each answer to a request, the same ones each time where the request has a seed. */
final class BranchSeeds {

    private BranchSeeds() {}

    /** The samplers of an answer; the first one's are those of the request. */
    static List<Sampler> of(List<Sampler> samplers, int branch) {
        return branch == 0
                ? samplers
                : samplers.stream().map(sampler -> of(sampler, branch)).toList();
    }

    private static Sampler of(Sampler sampler, int branch) {
        if (sampler instanceof ModelDefaults s) {
            return new ModelDefaults(seed(s.seed(), branch), s.temperature());
        } else if (sampler instanceof Dist s) {
            return new Dist(seed(s.seed(), branch));
        } else if (sampler instanceof Xtc s) {
            return new Xtc(s.probability(), s.threshold(), s.minKeep(), seed(s.seed(), branch));
        } else if (sampler instanceof Mirostat s) {
            return new Mirostat(seed(s.seed(), branch), s.tau(), s.eta(), s.m());
        } else if (sampler instanceof MirostatV2 s) {
            return new MirostatV2(seed(s.seed(), branch), s.tau(), s.eta());
        } else if (sampler instanceof AdaptiveP s) {
            return new AdaptiveP(s.target(), s.decay(), seed(s.seed(), branch));
        }
        return sampler;
    }

    private static int seed(int seed, int branch) {
        if (seed == Sampler.RANDOM_SEED) {
            return seed;
        }
        int other = seed + branch;
        // Not the number that means "any", which the sum may hit.
        return other == Sampler.RANDOM_SEED ? Integer.MIN_VALUE + branch : other;
    }
}
