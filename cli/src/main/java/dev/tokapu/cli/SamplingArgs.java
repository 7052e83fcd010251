package dev.tokapu.cli;

import dev.tokapu.sampling.ModelDefaults;
import dev.tokapu.sampling.Sampler;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about how tokens are chosen. */
final class SamplingArgs {

    @Option(
            names = {"-n", "--max-tokens"},
            paramLabel = "N",
            description = "Stop after this many tokens.")
    private @Nullable Integer maxTokens;

    @Option(
            names = {"-s", "--seed"},
            paramLabel = "SEED",
            description = "Seed of the random choice, to get the same text again. Default: another one each time.")
    private @Nullable Integer seed;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "0 is as --greedy, higher is more surprising. Default: 0.8.")
    private @Nullable Float temperature;

    @Option(names = "--greedy", description = "Always choose the most probable token.")
    private boolean greedy;

    OptionalInt maxTokens() {
        return maxTokens == null
                ? OptionalInt.empty()
                : OptionalInt.of(ContextArgs.atLeastOne("--max-tokens", maxTokens));
    }

    List<Sampler> samplers() {
        if (temperature != null && !(temperature >= 0)) {
            throw new CliException(ExitCode.USAGE, "--temperature " + temperature + " is too small; give 0 or more");
        }
        if (greedy || (temperature != null && temperature == 0)) {
            return List.of(Sampler.greedy());
        }
        int chosen = seed == null ? (int) System.nanoTime() : seed;
        return List.of(new ModelDefaults(chosen, temperature));
    }
}
