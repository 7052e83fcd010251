package dev.tokapu.engine;

/**
 * A prefix that an engine keeps after its request has ended, as it was when the cache was asked.
 *
 * <p>Thread safety: immutable.
 *
 * @param id its number, which does not come again
 * @param tier where it is; what is in several tiers is an entry of each
 * @param sequence the sequence of the context that holds it; -1 outside of the KV cache
 * @param tokens its length, in tokens
 * @param tenant the tenant that it was computed for; {@link SchedulingOptions#DEFAULT_TENANT} when it is public
 * @param isPublic whether requests of all tenants may begin with it
 * @param pinned whether it stays until it is unpinned
 * @param uses requests that began with it since the engine started
 * @since 0.1
 */
public record CachedPrefix(
        long id, CacheTier tier, int sequence, int tokens, String tenant, boolean isPublic, boolean pinned, int uses) {}
