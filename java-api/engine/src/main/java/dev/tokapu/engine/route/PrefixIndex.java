package dev.tokapu.engine.route;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The prompts that a replica was given, as hashes of their beginnings, the latest ones only: what its prefix cache is likely to hold. A wrong guess
 * costs time and nothing else.
 *
 * <p>Thread safety: confined.
 */
final class PrefixIndex {

    /** Tokens between two hashes of a prompt. */
    static final int BLOCK = 32;

    private static final int MOST_BLOCKS = 1 << 17;
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    private final Map<Long, Boolean> known;

    /** For a KV cache of so many tokens. */
    PrefixIndex(long kvTokens) {
        long most = Math.max(1, Math.min(MOST_BLOCKS, kvTokens / BLOCK));
        known = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
                return size() > most;
            }
        };
    }

    /** A hash for each beginning of a prompt that is some whole blocks long. */
    static long[] hashes(Object scope, int[] prompt) {
        long[] hashes = new long[prompt.length / BLOCK];
        long hash = mix(scope.hashCode());
        for (int block = 0; block < hashes.length; block++) {
            for (int i = block * BLOCK; i < (block + 1) * BLOCK; i++) {
                hash = mix(hash + prompt[i]);
            }
            hashes[block] = hash;
        }
        return hashes;
    }

    private static long mix(long value) {
        long mixed = value * MULTIPLIER;
        mixed = (mixed ^ (mixed >>> 32)) * MULTIPLIER;
        return mixed ^ (mixed >>> 29);
    }

    /** The length of the longest beginning that is known, in tokens. */
    int longest(long[] hashes) {
        int blocks = 0;
        while (blocks < hashes.length && known.containsKey(hashes[blocks])) {
            blocks++;
        }
        return blocks * BLOCK;
    }

    /** A prompt goes to the replica. From its end on, so that beginnings are forgotten after what begins with them. */
    void add(long[] hashes) {
        for (int block = hashes.length - 1; block >= 0; block--) {
            known.put(hashes[block], Boolean.TRUE);
        }
    }
}
