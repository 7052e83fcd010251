package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.CachedSequence;
import dev.tokapu.engine.prefix.PrefixMatch;
import org.jspecify.annotations.Nullable;

/** How many cells of the KV cache are free, and how many of these live requests will need. */
final class KvRoom {

    private final SchedulerConfig config;
    private final SequenceCache cache;
    private final @Nullable ScheduledSequence<?>[] sequences; // by slot

    KvRoom(SchedulerConfig config, SequenceCache cache, @Nullable ScheduledSequence<?>[] sequences) {
        this.config = config;
        this.cache = cache;
        this.sequences = sequences;
    }

    /** What a request reserves in all. */
    static long reservation(ScheduledRequest<?> request) {
        return request.reservedTogether + (long) request.liveSequences * request.reservedPerSequence;
    }

    /** The cells that a request takes when it begins: what it reserves without what is computed, or with all of what is restored. */
    long missing(ScheduledRequest<?> request) {
        PrefixMatch match = cache.match(request);
        CachedSequence saved = cache.restores().find(request, match).sequence();
        return saved != null && isRestorable(request, saved)
                ? whileRestored(request, saved)
                : reservation(request) - match.length();
    }

    /** What a request takes until more of what is saved than its prompt is cut off. */
    private static long whileRestored(ScheduledRequest<?> request, CachedSequence saved) {
        return reservation(request) + Math.max(0, saved.length() - request.prefillTokens());
    }

    /** Whether all of what is saved has room beside what live requests need, after evictions. */
    private boolean isRestorable(ScheduledRequest<?> request, CachedSequence saved) {
        return !config.shared() || cache.tree().firmCells() <= besideNeeded() - whileRestored(request, saved);
    }

    /** How many cells nobody has, after evictions for as many as are wanted. */
    long free(long wanted, Plan<?> plan) {
        long restored = cache.restores().cells();
        cache.evictions().shrink(config.kvTokens() - restored - wanted, plan);
        return config.kvTokens() - restored - cache.tree().cells();
    }

    /** Whether a request has room beside the live ones, if everything else is evicted that may be; with shared cells. */
    boolean fits(ScheduledRequest<?> request) {
        return cache.firmCells(request) + needed() + reservation(request) <= config.kvTokens();
    }

    /** Makes room for all of what is saved of a request's prompt, beside what live ones need; false where there is too little. */
    boolean clear(ScheduledRequest<?> request, CachedSequence saved, Plan<?> plan) {
        boolean fits = isRestorable(request, saved);
        if (fits && config.shared()) {
            cache.evictions().shrink(besideNeeded() - whileRestored(request, saved), plan);
        }
        return fits;
    }

    /** How many cells may be kept beside what live requests need. */
    long besideNeeded() {
        return config.kvTokens() - needed();
    }

    /**
     * What live requests reserved and have not computed yet; with shared cells. An answer that is longer than was expected goes on by a token
     * at least, and what is restored is there as a whole before the rest of it is cut off.
     */
    private long needed() {
        long needed = 0;
        for (ScheduledSequence<?> sequence : sequences) {
            if (sequence == null || sequence.ended) {
                continue;
            }
            ScheduledRequest<?> request = sequence.request();
            int prompt = request.prefillTokens();
            int computed = sequence.cached == null ? 0 : sequence.cached.length();
            int least = request.promptOnly() ? 0 : 1;
            needed += Math.max(least, request.reservedPerSequence - Math.max(0, computed - prompt));
            if (request.awaitsPrompt() && sequence == request.promptSequence()) {
                SavedPrefix restored = request.lookup.restored;
                needed += Math.max(prompt - request.prefilled, restored == null ? 0 : restored.length());
            }
        }
        return needed;
    }
}
