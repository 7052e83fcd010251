package dev.tokapu.engine;

import dev.tokapu.engine.run.PrefixCacheMeter;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What the {@linkplain PrefixCache prefix cache} of an engine has done, and what it holds. A tenant's own count is in
 * {@link dev.tokapu.text.Usage#cachedTokens()}; these are sums over all tenants, for those who run the engine.
 *
 * <p>Thread safety: immutable.
 *
 * @param requests requests whose prompts were looked up
 * @param hits requests of which a part was in the KV cache
 * @param promptTokens tokens of prompts that were looked up
 * @param cachedTokens how many of them were in the KV cache
 * @param keptTokens tokens that were kept when their requests ended, so far
 * @param evictedTokens tokens that were evicted so far
 * @param restoredTokens how many of the cached tokens came from host memory
 * @param sequences sequences that are kept now
 * @param kvTokens tokens in the KV cache now, of live and kept sequences; with a unified KV cache shared ones count once
 * @param hostPrefixes prefixes in host memory now
 * @param hostBytes the memory that they take now
 * @param diskBytes what the files of the directory take now
 * @since 0.1
 */
public record PrefixCacheSnapshot(
        long requests,
        long hits,
        long promptTokens,
        long cachedTokens,
        long keptTokens,
        long evictedTokens,
        long restoredTokens,
        long sequences,
        long kvTokens,
        long hostPrefixes,
        long hostBytes,
        long diskBytes) {

    /** Of what several replicas have counted. */
    static PrefixCacheSnapshot of(List<PrefixCacheMeter> meters) {
        return new PrefixCacheSnapshot(
                sum(meters, meter -> meter.requests.get()),
                sum(meters, meter -> meter.hits.get()),
                sum(meters, meter -> meter.promptTokens.get()),
                sum(meters, meter -> meter.cachedTokens.get()),
                sum(meters, meter -> meter.keptTokens.get()),
                sum(meters, meter -> meter.evictedTokens.get()),
                sum(meters, meter -> meter.restoredTokens.get()),
                sum(meters, meter -> meter.sequences.get()),
                sum(meters, meter -> meter.cells.get()),
                sum(meters, meter -> meter.hostPrefixes.get()),
                sum(meters, meter -> meter.hostBytes.get()),
                sum(meters, meter -> meter.diskBytes.get()));
    }

    private static long sum(List<PrefixCacheMeter> meters, ToLongFunction<PrefixCacheMeter> number) {
        return meters.stream().mapToLong(number).sum();
    }

    /** {@return the part of all prompt tokens that was in the KV cache, 0 to 1} */
    public double hitRate() {
        return promptTokens == 0 ? 0 : (double) cachedTokens / promptTokens;
    }
}
