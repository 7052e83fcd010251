package dev.tokapu.engine.schedule;

import static dev.tokapu.engine.schedule.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.prefix.PrefixScope;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many requests that begin alike wait for the first of them. What others notice of that: nothing. */
class LedRequestsTest {

    private static final int ALIKE = 1000;
    private static final int PROMPT = 512;

    private final Harness harness = new Harness(SchedulerConfig.builder(4, 1024, 16)
            .queue(2 * ALIKE)
            .kvTokens(4 * 1024)
            .agingNanos(1_000_000_000)
            .prefixCache(8, 16, true)
            .build());
    private final List<ScheduledRequest<String>> alike = new ArrayList<>();

    private static Requests prompt(long id, Object tenant, int first) {
        int[] tokens = new int[PROMPT];
        tokens[0] = first;
        tokens[PROMPT - 1] = (int) id;
        return request(id).tenant(tenant).prefix(new PrefixScope("", tenant), tokens);
    }

    @BeforeEach
    void allButOneWaitForIt() {
        for (int i = 0; i < ALIKE; i++) {
            alike.add(harness.offer(prompt(i, "batch", 1)));
        }
        for (int i = 0; i < PROMPT / 8 - 10; i++) {
            harness.step();
        }
        assertThat(alike.get(0).isPrefilling()).isTrue();
        assertThat(alike.stream().filter(request -> request.lookup.isLed())).hasSize(ALIKE - 1);
    }

    @Test
    void anotherTenant_isAdmittedAtOnce() {
        harness.offer(prompt(ALIKE, "other", 2).arrival(harness.now));
        harness.step();
        assertThat(harness.admitted()).containsExactly((long) ALIKE);
    }

    @Test
    void higherPriority_isAdmittedAtOnce() {
        harness.offer(prompt(ALIKE, "batch", 2).priority(1).arrival(harness.now));
        harness.step();
        assertThat(harness.admitted()).containsExactly((long) ALIKE);
    }

    @Test
    void leaderHasComputedIt_theyGoOnInOrder() {
        List<Long> admitted = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            harness.step();
            admitted.addAll(harness.admitted());
        }
        assertThat(admitted).hasSizeGreaterThan(20).isSorted().startsWith(1L, 2L, 3L);
        assertThat(alike.get(1).cachedTokens()).isEqualTo(PROMPT - 1);
    }

    @Test
    void leaderIsCancelled_nextOneLeads() {
        harness.scheduler.cancel(0);
        harness.step();
        harness.step();
        assertThat(alike.get(1).isPrefilling()).isTrue();
        assertThat(alike.get(2).lookup.leader).isSameAs(alike.get(1));
    }

    @Test
    void someAreCancelled_theOthersGoOn() {
        for (int i = 1; i < ALIKE; i += 2) {
            harness.scheduler.cancel(i);
        }
        for (int i = 0; i < 60; i++) {
            harness.step();
        }
        assertThat(alike.get(1).isEnded()).isTrue();
        assertThat(alike.get(2).isEnded()).isTrue();
        assertThat(alike.get(2).cachedTokens()).isEqualTo(PROMPT - 1);
    }
}
