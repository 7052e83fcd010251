package dev.tokapu.langchain4j;

import dev.langchain4j.model.output.TokenUsage;
import dev.tokapu.text.Usage;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of an answer: LangChain4j's counts, and how many of them were cached or thoughts.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class TokapuTokenUsage extends TokenUsage {

    private final int cachedTokenCount;
    private final int reasoningTokenCount;

    private TokapuTokenUsage(int input, int output, int cached, int reasoning) {
        super(input, output);
        this.cachedTokenCount = cached;
        this.reasoningTokenCount = reasoning;
    }

    /** {@return the tokens as LangChain4j counts them} */
    public static TokapuTokenUsage of(Usage usage) {
        return new TokapuTokenUsage(
                usage.promptTokens(), usage.generatedTokens(), usage.cachedTokens(), usage.reasoningTokens());
    }

    /** {@return how many tokens of the input were in the KV cache already and cost nothing} */
    public int cachedTokenCount() {
        return cachedTokenCount;
    }

    /** {@return how many tokens of the output were thoughts} */
    public int reasoningTokenCount() {
        return reasoningTokenCount;
    }

    /** {@return the sum; cached tokens and thoughts of another model's usage are not known and count as none} */
    @Override
    public TokapuTokenUsage add(@Nullable TokenUsage that) {
        if (that == null) {
            return this;
        }
        int cached = that instanceof TokapuTokenUsage tokapu ? tokapu.cachedTokenCount : 0;
        int reasoning = that instanceof TokapuTokenUsage tokapu ? tokapu.reasoningTokenCount : 0;
        return new TokapuTokenUsage(
                orZero(sum(inputTokenCount(), that.inputTokenCount())),
                orZero(sum(outputTokenCount(), that.outputTokenCount())),
                cachedTokenCount + cached,
                reasoningTokenCount + reasoning);
    }

    private static int orZero(@Nullable Integer count) {
        return count == null ? 0 : count;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TokapuTokenUsage that
                && super.equals(that)
                && cachedTokenCount == that.cachedTokenCount
                && reasoningTokenCount == that.reasoningTokenCount;
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), cachedTokenCount, reasoningTokenCount);
    }

    @Override
    public String toString() {
        return "TokapuTokenUsage[inputTokenCount=" + inputTokenCount() + ", outputTokenCount=" + outputTokenCount()
                + ", cachedTokenCount=" + cachedTokenCount + ", reasoningTokenCount=" + reasoningTokenCount + "]";
    }
}
