package dev.tokapu;

import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.spi.ContextInfoKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The sizes that are in effect in a {@link Context}, which may differ from what its {@link ContextOptions} ask for. It is a
 * value, and stays when the context is closed.
 *
 * <p>Thread safety: immutable.
 *
 * @since 0.1
 */
public final class ContextInfo {

    /** By the constants {@code CONTEXT_INFO_}, with the thread counts of the beginning. */
    private final long[] numbers;

    private final int contextSize;
    private final int sequenceContextSize;
    private final int batchSize;
    private final int microBatchSize;
    private final int maxSequences;
    private final Pooling pooling;

    ContextInfo(long[] numbers) {
        this.numbers = numbers;
        contextSize = (int) numbers[ContextInfoKey.N_CTX];
        sequenceContextSize = (int) numbers[ContextInfoKey.N_CTX_SEQ];
        batchSize = (int) numbers[ContextInfoKey.N_BATCH];
        microBatchSize = (int) numbers[ContextInfoKey.N_UBATCH];
        maxSequences = (int) numbers[ContextInfoKey.N_SEQ_MAX];
        pooling = Pooling.of(numbers[ContextInfoKey.POOLING_TYPE]);
    }

    /** Reads the values of a context, by the constants {@code CONTEXT_INFO_}. */
    static long[] read(NativeHandle handle) {
        long[] numbers = new long[ContextInfoKey.COUNT];
        handle.call("reading the settings", id -> handle.api().contexts().info(id, numbers));
        return numbers;
    }

    /** {@return the capacity for all sequences together, in tokens} */
    public int contextSize() {
        return contextSize;
    }

    /**
     * The capacity for one sequence: all of it with a unified KV cache or a single sequence, otherwise a share.
     *
     * @return tokens
     */
    public int sequenceContextSize() {
        return sequenceContextSize;
    }

    /** {@return the most tokens that one decode takes} */
    public int batchSize() {
        return batchSize;
    }

    /** {@return the most tokens that are computed at once} */
    public int microBatchSize() {
        return microBatchSize;
    }

    /** {@return the most sequences that the context holds, 1 or more} */
    public int maxSequences() {
        return maxSequences;
    }

    /** {@return how token embeddings are pooled into a sequence embedding} */
    public Pooling pooling() {
        return pooling;
    }

    boolean hasMemory() {
        return numbers[ContextInfoKey.HAS_MEMORY] != 0;
    }

    boolean canShift() {
        return numbers[ContextInfoKey.CAN_SHIFT] != 0;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ContextInfo that && Arrays.equals(numbers, that.numbers);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(numbers);
    }

    @Override
    public String toString() {
        return "ContextInfo[contextSize=" + contextSize + ", sequenceContextSize=" + sequenceContextSize
                + ", batchSize="
                + batchSize + ", microBatchSize=" + microBatchSize + ", maxSequences=" + maxSequences + ", pooling="
                + pooling + "]";
    }
}
