package dev.tokapu.spark;

import dev.tokapu.text.Usage;
import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;

/**
 * What executors have computed, as accumulators of Spark; they are in its user interface under {@code tokapu.}. They count the work of successful tasks:
 * rows of a stage that is computed again count again.
 *
 * <p>Thread safety: safe.
 *
 * @since 0.1
 */
public final class TokapuMetrics implements Serializable {

    private static final long serialVersionUID = 1L;

    private final LongAccumulator requests;
    private final LongAccumulator promptTokens;
    private final LongAccumulator cachedTokens;
    private final LongAccumulator generatedTokens;
    private final LongAccumulator errors;

    private TokapuMetrics(SparkContext context) {
        requests = context.longAccumulator("tokapu.requests");
        promptTokens = context.longAccumulator("tokapu.prompt.tokens");
        cachedTokens = context.longAccumulator("tokapu.cached.tokens");
        generatedTokens = context.longAccumulator("tokapu.generated.tokens");
        errors = context.longAccumulator("tokapu.errors");
    }

    /**
     * {@return metrics of a session, from 0 on}
     *
     * @param session not one of Spark Connect, which has no accumulators: sum up the columns there
     */
    public static TokapuMetrics of(SparkSession session) {
        return new TokapuMetrics(session.sparkContext());
    }

    void add(RowResult result) {
        Usage usage = result.usage();
        requests.add(1L);
        promptTokens.add((long) usage.promptTokens());
        cachedTokens.add((long) usage.cachedTokens());
        generatedTokens.add((long) usage.generatedTokens());
        if (result.error() != null) {
            errors.add(1L);
        }
    }

    /** {@return rows that were computed, those with an error among them} */
    public long requests() {
        return requests.value();
    }

    /** {@return tokens of prompts, and of texts that were embedded or scored} */
    public long promptTokens() {
        return promptTokens.value();
    }

    /** {@return tokens of prompts that an engine knew already and did not compute} */
    public long cachedTokens() {
        return cachedTokens.value();
    }

    /** {@return tokens of answers} */
    public long generatedTokens() {
        return generatedTokens.value();
    }

    /** {@return rows that have an error} */
    public long errors() {
        return errors.value();
    }

    @Override
    public String toString() {
        return "TokapuMetrics[requests=" + requests() + ", promptTokens=" + promptTokens() + ", cachedTokens="
                + cachedTokens() + ", generatedTokens=" + generatedTokens() + ", errors=" + errors() + "]";
    }
}
