package dev.tokapu.cli;

import dev.tokapu.sampling.Grammar;
import dev.tokapu.sampling.ModelDefaults;
import dev.tokapu.sampling.Sampler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    @Option(
            names = "--grammar",
            paramLabel = "FILE",
            description = "Answer only what the grammar in this file (GBNF, it starts with the rule root) allows.")
    private @Nullable Path grammar;

    @Option(
            names = "--schema",
            paramLabel = "FILE|JSON",
            description = "Answer only JSON that fits this JSON Schema, given as a file or as it is.")
    private @Nullable String schema;

    OptionalInt maxTokens() {
        return maxTokens == null
                ? OptionalInt.empty()
                : OptionalInt.of(ContextArgs.atLeastOne("--max-tokens", maxTokens));
    }

    List<Sampler> samplers() {
        List<Sampler> samplers = new ArrayList<>();
        constraint().ifPresent(samplers::add);
        samplers.add(selection());
        return samplers;
    }

    /** {@return the sampler that selects the token} */
    Sampler selection() {
        if (temperature != null && !(temperature >= 0)) {
            throw new CliException(ExitCode.USAGE, "--temperature " + temperature + " is too small; give 0 or more");
        }
        if (greedy || (temperature != null && temperature == 0)) {
            return Sampler.greedy();
        }
        ModelDefaults.Builder samplers = ModelDefaults.builder().seed(seed == null ? (int) System.nanoTime() : seed);
        if (temperature != null) {
            samplers.temperature(temperature);
        }
        return samplers.build();
    }

    /** What the text is held to. */
    Optional<Grammar> constraint() {
        if (grammar != null && schema != null) {
            throw new CliException(ExitCode.USAGE, "--grammar and --schema are given; choose one");
        }
        if (grammar != null) {
            return Optional.of(Sampler.grammar(read("--grammar", grammar)));
        }
        if (schema != null) {
            String json = schema.stripLeading().startsWith("{") ? schema : read("--schema", Path.of(schema));
            return Optional.of(Grammar.ofJsonSchema(json));
        }
        return Optional.empty();
    }

    private static String read(String option, Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new CliException(ExitCode.USAGE, option + " " + file + " cannot be read as UTF-8 text: " + e);
        }
    }
}
