package dev.tokapu.chat;

import dev.tokapu.internal.util.Checks;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether and how long a model thinks before it answers.
 *
 * <p>Templates of models that do not think, or that always do, ignore {@link #enabled()}; effort is up to the template as well.
 *
 * <p>Thread safety: immutable.
 *
 * @param enabled whether a model that can think does so
 * @param budget how many tokens a thought may have; null for no limit
 * @param closingText what ends a thought that has had its budget or is ended by {@code endReasoning()}, before the template's own
 *     closing text; may be empty
 * @param effort what the template is told, mostly {@code low}, {@code medium} or {@code high}; null for nothing
 * @since 0.1
 */
public record ReasoningOptions(
        boolean enabled,
        @Nullable Integer budget,
        String closingText,
        @Nullable String effort) {

    private static final ReasoningOptions DEFAULTS = new ReasoningOptions(true, null, "", null);

    /** Checks the values. */
    public ReasoningOptions {
        Objects.requireNonNull(closingText, "closingText");
        if (budget != null) {
            Checks.atLeast("budget", budget, 0);
        }
    }

    /** {@return that models think as they like} */
    public static ReasoningOptions defaults() {
        return DEFAULTS;
    }

    /** {@return that a model that can answer at once does so} */
    public static ReasoningOptions off() {
        return new ReasoningOptions(false, null, "", null);
    }

    /**
     * The same with a limit of a thought.
     *
     * @param tokens 0 or more; {@link Integer#MAX_VALUE} for no limit, but thoughts that {@code endReasoning()} can end on a GPU or an
     *     engine, too
     * @return the options
     */
    public ReasoningOptions withBudget(int tokens) {
        return new ReasoningOptions(enabled, tokens, closingText, effort);
    }

    /**
     * The same with a last sentence of thoughts that are ended.
     *
     * @param text for example {@code "\nTime is up: I answer with what I have.\n"}
     * @return the options
     */
    public ReasoningOptions withClosingText(String text) {
        return new ReasoningOptions(enabled, budget, text, effort);
    }

    /**
     * The same with an effort.
     *
     * @param value what the template knows, mostly {@code low}, {@code medium} or {@code high}
     * @return the options
     */
    public ReasoningOptions withEffort(String value) {
        return new ReasoningOptions(enabled, budget, closingText, Objects.requireNonNull(value, "value"));
    }
}
