package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.PrefixMatch;
import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.internal.util.IntList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the prefix cache of a {@link Scheduler} keeps outside of the KV cache. Each save and restore of a plan is reported here when it is
 * complete, between two plans; a restore whose slot is cleared before is not reported.
 *
 * <p>Thread safety: confined to the thread of its scheduler.
 */
public final class PrefixTiers implements AutoCloseable {

    private final RequestTable requests;
    private final SlotTable slots;
    private final WaitingQueue waiting;
    private final HostTier host;

    PrefixTiers(RequestTable requests, SlotTable slots, WaitingQueue waiting) {
        this.requests = requests;
        this.slots = slots;
        this.waiting = waiting;
        this.host = slots.cache().host();
    }

    /**
     * Says what a {@link KvOperation.Kind#SAVE} led to. What host memory has no room for is not saved again.
     *
     * @param prefix what was to be saved
     * @param state keys and values, which belong to the host tier from now on; null when there are none
     */
    public void saved(SavedPrefix prefix, @Nullable SavedState state) {
        boolean added = state != null && host.add(prefix, state);
        slots.cache().saves().saved(prefix, added || host.has(prefix));
        waiting.unblock();
    }

    /**
     * What host memory has of a prefix that is to be saved, so that this need not be copied again.
     *
     * @param prefix what is to be saved
     * @return the state with most of its first tokens, which the host tier may free with the next plan; null when there is none
     */
    public @Nullable SavedState beginning(SavedPrefix prefix) {
        return host.beginning(prefix);
    }

    /**
     * Says what a {@link KvOperation.Kind#RESTORE} led to.
     *
     * @param slot the slot
     * @param prefix what was to be restored
     * @param done whether the slot has its tokens, as many as the operation said; else it is empty, and they are computed
     */
    public void restored(int slot, SavedPrefix prefix, boolean done) {
        slots.restored(slot, prefix, done);
        waiting.unblock(); // it needs less room than while it was restored
    }

    /**
     * Takes in what was saved elsewhere.
     *
     * @param scope who may share it
     * @param tokens its tokens, or more
     * @param length how many of them are saved
     * @param state keys and values, which belong to the host tier from now on
     * @return false when there is no room for it, or it is there already
     */
    public boolean add(PrefixScope scope, IntList tokens, int length, SavedState state) {
        return host.add(new SavedPrefix(scope, tokens, length), state);
    }

    /**
     * How much of a prompt is in the KV cache or in host memory.
     *
     * @param request a request that waits
     * @return tokens
     */
    public int found(ScheduledRequest<?> request) {
        PrefixMatch match = slots.cache().match(request);
        return Math.max(
                match.length(), slots.cache().restores().find(request, match).length());
    }

    /**
     * How much of a prompt can be of use when it is found; the rest has outputs and is computed.
     *
     * @param request a request that waits
     * @return tokens
     */
    public int mostFound(ScheduledRequest<?> request) {
        return SequenceCache.mostFound(request);
    }

    /**
     * Lets a request wait for {@link #proceed}.
     *
     * @param request a request that waits for slots
     */
    public void hold(ScheduledRequest<?> request) {
        waiting.hold(request);
    }

    /**
     * Lets a request get its slots.
     *
     * @param request a request that was held
     */
    public void proceed(ScheduledRequest<?> request) {
        waiting.proceed(request);
    }

    /**
     * Sets from when on it pays to save what is evicted and was used by one request alone; a part of it is saved in any case.
     *
     * @param part how much of what is saved has to be restored, 0 or more; 0 unless it is set
     */
    public void savesFrom(double part) {
        host.saving().needed(part);
    }

    /**
     * Sets whether what is kept is saved while there is nothing else to do.
     *
     * @param value false as long as nobody takes more of it; true unless it is set
     */
    public void savesAhead(boolean value) {
        slots.cache().saves().savesAhead(value);
    }

    /** {@return what host memory has} */
    public List<SavedPrefix> saved() {
        return host.prefixes();
    }

    /** {@return how many prefixes host memory has} */
    public int size() {
        return host.size();
    }

    /** {@return the host memory that it takes, in bytes} */
    public long bytes() {
        return host.bytes();
    }

    /**
     * Keeps a saved prefix until it is unpinned, or lets it be evicted again.
     *
     * @param serial its number
     * @param value true to pin it
     * @return whether it is there
     */
    public boolean pin(long serial, boolean value) {
        SavedPrefix prefix = host.find(serial);
        if (prefix != null && prefix.indexed != null) {
            prefix.indexed.pin(value);
        }
        return prefix != null;
    }

    /**
     * Frees a saved prefix.
     *
     * @param serial its number
     * @return whether it was there
     */
    public boolean evict(long serial) {
        SavedPrefix prefix = host.find(serial);
        if (prefix != null) {
            host.remove(prefix);
        }
        return prefix != null;
    }

    /** Frees all of them. */
    @Override
    public void close() {
        host.clear();
    }

    /**
     * Ends all requests, and keeps what they computed to be saved. There is no plan after that.
     *
     * @param plan is cleared and filled
     */
    public void endAll(Plan<?> plan) {
        plan.clear();
        requests.endAll(plan);
        slots.release(plan);
    }

    /**
     * Plans to save what is kept in the KV cache, one sequence at a time.
     *
     * @param plan is cleared and filled
     * @return false when everything is saved
     */
    public boolean planSave(Plan<?> plan) {
        plan.clear();
        return slots.cache().saves().saveNext(plan);
    }
}
