package dev.tokapu.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;

/**
 * Somebody who looks at the prefix cache of an engine, pins and evicts.
 *
 * <p>Thread safety: for one thread.
 */
final class StressOperator {

    private static final String FORGOTTEN = "forgotten";
    private static final int OWN = 60;
    private static final int ANSWER = 4;
    private static final int LONGEST_PAUSE = 30; // ms

    private final Engine engine;
    private final PrefixCache cache;
    private final Random random;

    StressOperator(Engine engine, long seed) {
        this.engine = engine;
        this.cache = engine.prefixCache();
        this.random = new Random(seed);
    }

    /** Computes the public prefix. */
    void warm() {
        PrefixRequest request = PrefixRequest.of(new Prompt.Tokens(StressConversation.publicPrefix()))
                .forEverybody();
        cache.warm(random.nextBoolean() ? request : request.unpinned()).join();
    }

    /** Does something. */
    void act() throws InterruptedException {
        int what = random.nextInt(1000);
        if (what < 2) {
            cache.clear();
        } else if (what < 20) {
            cache.evictTenant("tenant " + random.nextInt(StressConversations.TENANTS));
        } else if (what < 30) {
            warm();
        } else if (what < 70) {
            forget();
        } else if (what < 160) {
            List<CachedPrefix> entries = cache.entries();
            assertThat(entries)
                    .allMatch(entry -> entry.tokens() > 0
                            && entry.isPublic() == entry.tenant().isEmpty());
            if (!entries.isEmpty()) {
                change(entries.get(random.nextInt(entries.size())));
            }
        }
    }

    /** What a tenant asked before it was evicted is in no tier. */
    private void forget() throws InterruptedException {
        int[] beginning = StressConversation.publicPrefix();
        int[] prompt = StressConversation.join(beginning, StressConversation.text(new Random(-2), OWN));
        for (int i = 0; i < 2; i++) {
            cache.evictTenant(FORGOTTEN); // a process that was killed may have left it
            Generation answer = engine.submit(EngineFixture.greedy(prompt)
                    .maxTokens(ANSWER)
                    .tenant(FORGOTTEN)
                    .build());
            answer.text();
            assertThat(answer.usage().cachedTokens()).isLessThanOrEqualTo(beginning.length);
            Thread.sleep(random.nextInt(LONGEST_PAUSE));
        }
    }

    private void change(CachedPrefix entry) {
        switch (random.nextInt(4)) {
            case 0 -> cache.pin(entry);
            case 1 -> cache.evict(entry);
            default -> cache.unpin(entry);
        }
    }
}
