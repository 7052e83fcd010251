package dev.tokapu.sampling;

import dev.tokapu.Context;
import dev.tokapu.internal.natives.NativeErrors;
import dev.tokapu.internal.natives.NativeHandle;
import dev.tokapu.internal.natives.NativeHandles;
import dev.tokapu.internal.util.Checks;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Many sampler chains that choose from the outputs of one context at once, on several threads: what
 * {@link SamplerChain#sample} does for each of them, in one call. A chain that fails does not concern the others.
 *
 * <p>Fill it, {@link #sample}, read it, {@link #clear()} it and fill it again; nothing is allocated then, but for failures.
 *
 * <p>Thread safety: confined; use it in one thread at a time. Samplers in Java are called by that thread.
 *
 * @since 0.1
 */
public final class SamplerBatch {

    private final Context context;
    private final NativeHandle contextHandle;
    private SamplerChain[] chains;
    private long[] ids;
    private int[] indices;
    private int[] tokens;
    private int[] statuses;
    private @Nullable RuntimeException[] failures;
    private int size;
    private int failed;

    /**
     * Creates an empty one.
     *
     * @param context the context whose outputs are sampled from
     * @param capacity how many chains it has room for at first; it grows
     */
    public SamplerBatch(Context context, int capacity) {
        Checks.atLeast("capacity", capacity, 1);
        this.context = context;
        this.contextHandle = NativeHandles.of(context);
        chains = new SamplerChain[capacity];
        ids = new long[capacity];
        indices = new int[capacity];
        tokens = new int[capacity];
        statuses = new int[capacity];
        failures = new RuntimeException[capacity];
    }

    /**
     * Adds a chain.
     *
     * @param chain the chain; it may be in the batch once
     * @param index the index of the output's token in the context's last batch, -1 for the last output; several chains may share it
     * @return its place in the batch, from 0
     */
    public int add(SamplerChain chain, int index) {
        if (size == chains.length) {
            grow();
        }
        chains[size] = chain;
        indices[size] = index;
        return size++;
    }

    private void grow() {
        int capacity = 2 * size;
        chains = Arrays.copyOf(chains, capacity);
        ids = Arrays.copyOf(ids, capacity);
        indices = Arrays.copyOf(indices, capacity);
        tokens = Arrays.copyOf(tokens, capacity);
        statuses = Arrays.copyOf(statuses, capacity);
        failures = Arrays.copyOf(failures, capacity);
    }

    /**
     * Lets each chain choose a token and accept it.
     *
     * @param threads how many threads share the work, 1 to 512, the calling one among them
     * @return how many failed
     * @throws IllegalStateException when the context is closed or in use
     */
    public int sample(int threads) {
        failed = 0;
        if (size == 0) {
            return 0;
        }
        int acquired = 0;
        long contextId = contextHandle.acquire();
        try {
            for (; acquired < size; acquired++) {
                // No chain has the id 0: one that is closed fails by itself.
                ids[acquired] = chains[acquired].isClosed() ? 0 : chains[acquired].acquire();
            }
            contextHandle.check(
                    contextHandle.api().samplers().sampleMany(contextId, size, ids, indices, threads, tokens, statuses),
                    "sample");
        } finally {
            for (int i = 0; i < acquired; i++) {
                if (ids[i] != 0) {
                    chains[i].release();
                }
            }
            contextHandle.release();
        }
        for (int i = 0; i < size; i++) {
            if (statuses[i] < 0) {
                failures[i] = failed == 0 || chains[i].hasJava() ? told(i) : askedAgain(i);
                failed++;
            }
        }
        return failed;
    }

    /** Only the first failure has left its message, and what samplers in Java threw lies in their chains. */
    private RuntimeException told(int i) {
        String reason = failed == 0 ? NativeErrors.lastError(contextHandle.api()) : null;
        return chains[i].failures().inBatch(statuses[i], reason);
    }

    /** A chain without samplers in Java is as it was, and says once more what is wrong. */
    private RuntimeException askedAgain(int i) {
        try {
            chains[i].sample(context, indices[i]);
            return chains[i].failures().inBatch(statuses[i], null);
        } catch (RuntimeException e) {
            return e;
        }
    }

    /**
     * What a chain chose.
     *
     * @param i its place
     * @return the token; meaningless when it failed
     */
    public int token(int i) {
        return tokens[i];
    }

    /**
     * Why a chain failed.
     *
     * @param i its place
     * @return what {@link SamplerChain#sample} would have thrown, null when it chose a token
     */
    public @Nullable RuntimeException failure(int i) {
        return failures[i];
    }

    /** {@return the number of chains in it, 0 or more} */
    public int size() {
        return size;
    }

    /** Empties it. */
    public SamplerBatch clear() {
        if (failed > 0) {
            Arrays.fill(failures, 0, size, null);
        }
        Arrays.fill(chains, 0, size, null);
        size = 0;
        failed = 0;
        return this;
    }
}
