package dev.tokapu.engine;

import dev.tokapu.sampling.AdaptiveP;
import dev.tokapu.sampling.CustomSampler;
import dev.tokapu.sampling.Dist;
import dev.tokapu.sampling.Mirostat;
import dev.tokapu.sampling.MirostatV2;
import dev.tokapu.sampling.ModelDefaults;
import dev.tokapu.sampling.Sampler;
import dev.tokapu.sampling.Xtc;
import java.util.List;

/** The samplers of one of several answers: with random numbers of its own, and a state of its own. */
final class BranchSamplers {

    private BranchSamplers() {}

    /** The first answer has the samplers of the request as they are: it is what a request for one answer gets. */
    static List<Sampler> of(List<Sampler> samplers, int branch) {
        return branch == 0
                ? samplers
                : samplers.stream().map(sampler -> of(sampler, branch)).toList();
    }

    private static Sampler of(Sampler sampler, int branch) {
        if (sampler instanceof Dist dist) {
            return new Dist(seed(dist.seed(), branch));
        }
        if (sampler instanceof ModelDefaults defaults) {
            return defaults.toBuilder().seed(seed(defaults.seed(), branch)).build();
        }
        if (sampler instanceof Xtc xtc) {
            return new Xtc(xtc.probability(), xtc.threshold(), xtc.minKeep(), seed(xtc.seed(), branch));
        }
        if (sampler instanceof Mirostat mirostat) {
            return new Mirostat(seed(mirostat.seed(), branch), mirostat.tau(), mirostat.eta(), mirostat.m());
        }
        if (sampler instanceof MirostatV2 mirostat) {
            return new MirostatV2(seed(mirostat.seed(), branch), mirostat.tau(), mirostat.eta());
        }
        if (sampler instanceof AdaptiveP adaptive) {
            return new AdaptiveP(adaptive.target(), adaptive.decay(), seed(adaptive.seed(), branch));
        }
        return sampler instanceof CustomSampler custom ? custom.copy() : sampler;
    }

    private static int seed(int seed, int branch) {
        int own = seed + branch;
        return seed == Sampler.RANDOM_SEED || own == Sampler.RANDOM_SEED ? Sampler.RANDOM_SEED : own;
    }
}
