package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.CachedSequence;
import dev.tokapu.engine.prefix.PrefixScope;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The sequences that a {@link Scheduler} keeps after the end of their requests, for requests that begin with the same tokens.
 *
 * <p>Thread safety: confined to the thread of its scheduler.
 */
public final class KeptSequences {

    private final SlotTable slots;
    private final SequenceCache cache;
    private final WaitingQueue waiting;

    KeptSequences(SlotTable slots, WaitingQueue waiting) {
        this.slots = slots;
        this.waiting = waiting;
        this.cache = slots.cache();
    }

    /** {@return how many there are} */
    public int size() {
        return cache.retired().size();
    }

    /** {@return tokens of all sequences in the KV cache, live ones too, as far as they are known; shared ones count once} */
    public long cells() {
        return cache.tree().cells();
    }

    /** {@return what the prefix cache has done so far} */
    public PrefixCacheCounts counts() {
        return cache.counts();
    }

    /**
     * Sets what recomputing costs, which says what is evicted first.
     *
     * @param tokens of context at which a token costs twice as much as without any; above 0
     */
    public void attention(double tokens) {
        cache.worth().attention(tokens);
    }

    /**
     * What a slot keeps.
     *
     * @param slot 0 to {@link SchedulerConfig#sequences()} - 1
     * @return null when it is empty, is to be evicted, or a request has it
     */
    public @Nullable CachedSequence get(int slot) {
        CachedSequence sequence = cache.retired().get(slot);
        return sequence == null || cache.evictions().isForgotten(sequence) ? null : sequence;
    }

    /**
     * The sequence with a number.
     *
     * @param serial its number
     * @return null when it is gone or is to be evicted
     */
    public @Nullable CachedSequence find(long serial) {
        CachedSequence sequence = cache.retired().find(serial);
        return sequence == null ? null : get(sequence.id());
    }

    /**
     * Keeps a sequence until it is unpinned, or lets it be evicted again.
     *
     * @param serial its number
     * @param value true to pin it
     * @return whether it is still kept
     */
    public boolean pin(long serial, boolean value) {
        CachedSequence sequence = cache.retired().find(serial);
        if (sequence != null) {
            cache.retired().pin(sequence, value);
            waiting.unblock();
        }
        return sequence != null;
    }

    /**
     * Evicts a sequence in the next plan.
     *
     * @param serial its number
     * @return whether it was still kept, and not to be evicted already
     */
    public boolean evict(long serial) {
        CachedSequence sequence = cache.retired().find(serial);
        return sequence != null && cache.evictions().forget(sequence);
    }

    /**
     * Evicts all sequences of some scopes in the next plan, and keeps none of requests that have ended since the last one.
     *
     * @param scopes which ones
     * @return how many were kept
     */
    public int evictIf(Predicate<PrefixScope> scopes) {
        int evicted = 0;
        cache.saves().forget(scopes);
        for (int slot = 0; slot < cache.retired().slots(); slot++) {
            CachedSequence kept = cache.retired().get(slot);
            if (kept == null) {
                forget(slots.sequence(slot), scopes);
            } else if (scopes.test(kept.scope())) {
                evicted += cache.evictions().forget(kept) ? 1 : 0;
            }
        }
        return evicted;
    }

    /** A sequence that would be kept with the next plan is not. */
    private static void forget(@Nullable ScheduledSequence<?> sequence, Predicate<PrefixScope> scopes) {
        if (sequence != null && sequence.isEnding()) {
            PrefixScope scope = sequence.request().prefix;
            sequence.tainted |= scope != null && scopes.test(scope);
        }
    }
}
