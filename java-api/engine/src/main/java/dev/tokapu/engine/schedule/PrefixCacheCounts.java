package dev.tokapu.engine.schedule;

/**
 * What the prefix cache has done so far, in tokens unless something else is said.
 *
 * <p>Thread safety: confined to the thread of its {@link Scheduler}.
 */
public final class PrefixCacheCounts {

    long asked;
    long found;
    long kept;
    long evicted;
    long requests;
    long hits;
    long restored;
    long unpinned;

    PrefixCacheCounts() {}

    /** {@return the prompts of requests that were looked up} */
    public long asked() {
        return asked;
    }

    /** {@return how much of them was in the KV cache} */
    public long found() {
        return found;
    }

    /** {@return what was kept after the end of requests} */
    public long kept() {
        return kept;
    }

    /** {@return what was evicted} */
    public long evicted() {
        return evicted;
    }

    /** {@return how much of what was found came from host memory} */
    public long restored() {
        return restored;
    }

    /** {@return pinned sequences that were unpinned because nothing else made room} */
    public long unpinned() {
        return unpinned;
    }

    /** {@return requests that were looked up} */
    public long requests() {
        return requests;
    }

    /** {@return requests of which a part was in the KV cache} */
    public long hits() {
        return hits;
    }
}
