package dev.tokapu.sampling;

import java.util.List;
import java.util.Map;

/**
 * One step in the choice of the next token: it narrows, reweights or selects among the candidates. Samplers are plain values;
 * a {@link SamplerChain} makes them work. Formulas and defaults are llama.cpp's.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public sealed interface Sampler
        permits AdaptiveP,
                CustomLogits,
                CustomSampler,
                Dist,
                Dry,
                DynamicTemperature,
                Grammar,
                Greedy,
                Infill,
                LazyGrammar,
                LogitBias,
                ModelDefaults,
                MinP,
                Mirostat,
                MirostatV2,
                Penalties,
                ReasoningBudget,
                Temperature,
                TextBias,
                TopK,
                TopNSigma,
                TopP,
                TypicalP,
                Xtc {

    /** The seed that stands for a random one: the draws differ each time. */
    int RANDOM_SEED = -1;

    /** {@return whether this sampler selects a token, and so ends a chain} */
    default boolean selects() {
        return false;
    }

    /**
     * The chain that llama.cpp's own tools use unless told otherwise: top-k 40, top-p 0.95, min-p 0.05, temperature 0.8, then
     * a random draw. (Penalties, DRY, top-n-sigma, typical and XTC, which are off there, are left out here.)
     *
     * @param seed seed of the random generator, or {@link #RANDOM_SEED}
     */
    static List<Sampler> defaults(int seed) {
        return defaults(seed, 0.8);
    }

    /**
     * The chain of {@link #defaults(int)} with another temperature.
     *
     * @param seed seed of the random generator, or {@link #RANDOM_SEED}
     * @param temperature 0 or more; 0 always takes the most likely candidate
     */
    static List<Sampler> defaults(int seed, double temperature) {
        if (temperature == 0) {
            return List.of(greedy());
        }
        return List.of(topK(40), topP(0.95), minP(0.05), temperature(temperature), dist(seed));
    }

    /** Selects the most likely candidate. */
    static Greedy greedy() {
        return new Greedy();
    }

    /** Selects at random, each candidate with its probability; the seed may be {@link #RANDOM_SEED}. */
    static Dist dist(int seed) {
        return new Dist(seed);
    }

    /** Keeps the {@code k} most likely candidates; 0 keeps all. */
    static TopK topK(int k) {
        return new TopK(k);
    }

    /** Keeps the most likely candidates that together have probability {@code p}, 0 to 1. */
    static TopP topP(double p) {
        return new TopP((float) p, 0);
    }

    /** Keeps the candidates with at least {@code p} times the largest probability, 0 to 1. */
    static MinP minP(double p) {
        return new MinP((float) p, 0);
    }

    /** Keeps the most typical candidates that together have probability {@code p}, 0 to 1. */
    static TypicalP typicalP(double p) {
        return new TypicalP((float) p, 0);
    }

    /** Divides the logits by a temperature, 0 or more. */
    static Temperature temperature(double temperature) {
        return new Temperature((float) temperature);
    }

    /**
     * Divides the logits by a temperature that follows the entropy.
     *
     * @param temperature middle of the range, 0 or more
     * @param delta half the width of the range, 0 or more
     * @param exponent how entropy becomes temperature, 0 or more
     */
    static DynamicTemperature dynamicTemperature(double temperature, double delta, double exponent) {
        return new DynamicTemperature((float) temperature, (float) delta, (float) exponent);
    }

    /**
     * Removes the top choices with some probability.
     *
     * @param probability how often it acts, 0 to 1
     * @param threshold probability that makes a top choice, 0 to 1
     * @param seed seed of the random generator, or {@link #RANDOM_SEED}
     */
    static Xtc xtc(double probability, double threshold, int seed) {
        return new Xtc((float) probability, (float) threshold, 0, seed);
    }

    /** Keeps the candidates within {@code n} standard deviations of the largest logit; 0 keeps all. */
    static TopNSigma topNSigma(double n) {
        return new TopNSigma((float) n);
    }

    /**
     * Selects with constant surprise, version 1, with 100 candidates for the estimate.
     *
     * @param seed seed of the random generator, or {@link #RANDOM_SEED}
     * @param tau surprise to hold, in bits; above 0
     * @param eta learning rate; above 0
     */
    static Mirostat mirostat(int seed, double tau, double eta) {
        return new Mirostat(seed, (float) tau, (float) eta, 100);
    }

    /**
     * Selects with constant surprise, version 2.
     *
     * @param seed seed of the random generator, or {@link #RANDOM_SEED}
     * @param tau surprise to hold, in bits; above 0
     * @param eta learning rate; above 0
     */
    static MirostatV2 mirostatV2(int seed, double tau, double eta) {
        return new MirostatV2(seed, (float) tau, (float) eta);
    }

    /**
     * Allows only what a grammar allows; its start rule is {@code root}.
     *
     * @param gbnf the rules, in GBNF
     */
    static Grammar grammar(String gbnf) {
        return new Grammar(gbnf, "root");
    }

    /**
     * Allows only what a grammar allows, from the first match of a pattern on.
     *
     * @param gbnf the rules, in GBNF; they start with {@code root}
     * @param pattern regular expression that starts the grammar
     */
    static LazyGrammar lazyGrammar(String gbnf, String pattern) {
        return new LazyGrammar(gbnf, "root", List.of(pattern), List.of());
    }

    /**
     * Makes tokens that appeared lately less likely.
     *
     * @param lastN tokens to look back; -1 for as many as the model was trained to read, 0 turns it off
     * @param repeat above 0; 1 turns it off
     * @param frequency 0 turns it off
     * @param presence 0 turns it off
     */
    static Penalties penalties(int lastN, double repeat, double frequency, double presence) {
        return new Penalties(lastN, (float) repeat, (float) frequency, (float) presence);
    }

    /** Makes repeating an earlier passage less likely, with llama.cpp's other values; a multiplier of 0 turns it off. */
    static Dry dry(double multiplier) {
        return new Dry((float) multiplier, 1.75f, 2, 64, List.of("\n", ":", "\"", "*"));
    }

    /**
     * Selects near a target probability over time.
     *
     * @param target probability to stay near, 0 to 1; below 0 it is off
     * @param decay memory, 0 to 0.99
     * @param seed seed of the random generator, or {@link #RANDOM_SEED}
     */
    static AdaptiveP adaptiveP(double target, double decay, int seed) {
        return new AdaptiveP((float) target, (float) decay, seed);
    }

    /** Adds to the logits of tokens, by id. */
    static LogitBias logitBias(Map<Integer, Float> biases) {
        return new LogitBias(biases);
    }

    /**
     * Adds to the logits of all tokens of some texts; see {@link TextBias} for what that means.
     *
     * @param biases text to what is added
     */
    static TextBias textBias(Map<String, Float> biases) {
        return new TextBias(biases);
    }

    /**
     * Forbids all tokens of some texts; see {@link TextBias} for what that means.
     *
     * @param texts texts, each with the space that it has before it in a sentence
     */
    static TextBias ban(String... texts) {
        return TextBias.ban(List.of(texts));
    }

    /** A sampler in Java, for lambdas. */
    static CustomSampler custom(CustomSampler sampler) {
        return sampler;
    }

    /** Changes logits given the tokens so far, by a function in Java. */
    static CustomLogits customLogits(LogitsProcessor processor) {
        return new CustomLogits(processor);
    }

    /**
     * The chain that the model's own file asks for; {@link #defaults(int)} where it asks for nothing. {@link ModelDefaults#toBuilder}
     * changes single values of it.
     *
     * @param seed seed of the random generator, or {@link #RANDOM_SEED}
     * @return stands for a whole chain
     */
    static ModelDefaults modelDefaults(int seed) {
        return ModelDefaults.builder().seed(seed).build();
    }

    /**
     * A chain for answers that stay with what is likely, such as facts, extraction and code: top-k 20, top-p 0.9, min-p 0.1,
     * temperature 0.2. {@link #greedy()} goes further and always takes the likeliest.
     *
     * @param seed seed of the random generator, or {@link #RANDOM_SEED}
     */
    static List<Sampler> precise(int seed) {
        return List.of(topK(20), topP(0.9), minP(0.1), temperature(0.2), dist(seed));
    }

    /**
     * A chain for varied text, such as stories and ideas: DRY against repetition, min-p 0.03, temperature 1.1. Without a top-k, as
     * min-p keeps more where the model is unsure.
     *
     * @param seed seed of the random generator, or {@link #RANDOM_SEED}
     */
    static List<Sampler> creative(int seed) {
        return List.of(dry(0.8), minP(0.03), temperature(1.1), dist(seed));
    }

    /** Prefers whole words when filling in the middle. */
    static Infill infill() {
        return new Infill();
    }
}
