package dev.tokapu.engine.schedule;

import dev.tokapu.engine.prefix.CachedSequence;
import dev.tokapu.engine.prefix.PrefixMatch;
import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.prefix.PrefixTree;
import java.util.ArrayList;
import java.util.List;

/** Puts what host memory has of a prompt into the KV cache. */
final class PrefixRestores {

    private final SchedulerConfig config;
    private final HostTier host;
    private final PrefixTree tree;
    private final Evictions evictions;
    private final List<ScheduledRequest<?>> complete = new ArrayList<>();
    private long cells;

    PrefixRestores(SchedulerConfig config, HostTier host, PrefixTree tree, Evictions evictions) {
        this.config = config;
        this.host = host;
        this.tree = tree;
        this.evictions = evictions;
    }

    /** What host memory has of a prompt, if that is worth more than what is in the KV cache. */
    PrefixMatch find(ScheduledRequest<?> request, PrefixMatch match) {
        PrefixScope scope = request.prefix;
        if (!host.isOn() || scope == null) {
            return PrefixMatch.NONE;
        }
        PrefixMatch saved = host.match(scope, request.prompt, SequenceCache.mostFound(request));
        return saved.length() < match.length() + config.smallestMatch() ? PrefixMatch.NONE : saved;
    }

    /** A request begins with so many tokens, found in the KV cache or in host memory. */
    void begun(ScheduledRequest<?> request, int found) {
        PrefixScope scope = request.prefix;
        if (host.isOn() && scope != null) {
            host.begun(scope, request.prompt, SequenceCache.mostFound(request), found + config.smallestMatch());
        }
    }

    /** The cells that are kept free for what is restored; 0 where each slot has its own. */
    long cells() {
        return cells;
    }

    /** The prompt begins when it is there: not with this plan. */
    void plan(ScheduledRequest<?> request, int slot, PrefixMatch found, Plan<?> plan) {
        CachedSequence indexed = found.sequence();
        if (indexed == null) {
            throw new IllegalStateException("nothing was found");
        }
        SavedPrefix saved = host.get(indexed);
        saved.restores++;
        request.lookup.restored = saved;
        request.lookup.restoredTokens = found.length();
        cells += config.shared() ? saved.length() : 0;
        plan.restore(slot, found.length(), saved);
    }

    /** It is there, or could not be put there; returns how many tokens are. */
    int restored(ScheduledSequence<?> sequence, SavedPrefix saved, boolean done) {
        ScheduledRequest<?> request = sequence.request();
        CachedSequence cached = sequence.cached;
        int length = done ? request.lookup.restoredTokens : 0;
        request.lookup.restored = null;
        complete.add(request);
        cells -= config.shared() ? saved.length() : 0;
        host.restored(saved, length);
        if (cached != null) {
            tree.resize(cached, length);
        }
        evictions.restored(length);
        evictions.found(request, sequence, length);
        return length;
    }

    /** A request loses its slot before its prompt is restored. */
    void abandon(ScheduledRequest<?> request) {
        SavedPrefix saved = request.lookup.restored;
        if (saved != null) {
            request.lookup.restored = null;
            cells -= config.shared() ? saved.length() : 0;
            host.abandoned(saved);
        }
    }

    /** Admits the requests whose prompts have begun since the last plan. */
    void admit(Plan<?> plan) {
        for (int i = 0; i < complete.size(); i++) {
            if (complete.get(i).isPrefilling()) {
                plan.admit(complete.get(i));
            }
        }
        complete.clear();
    }
}
