package dev.tokapu.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.prefix.PrefixScope;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which slots requests get while others keep sequences that nobody asks for, with buffers of their own. */
class KeptSlotsTest {

    private static final int SLOTS = 8;
    private static final int USERS = 2;

    private Harness harness;
    private int copies;
    private int highest;

    @BeforeEach
    void start() {
        harness = new Harness(SchedulerConfig.builder(SLOTS, 64, 64)
                .queue(100)
                .agingNanos(1_000_000)
                .prefixCache(SLOTS, 4, true)
                .build());
        harness.prefillTokens = 64;
    }

    /** Answers so many requests, two at a time, that have nothing in common. */
    private void answer(int from, int to) {
        ScheduledRequest<?>[] running = new ScheduledRequest<?>[USERS];
        for (int id = from; id < to; ) {
            for (int user = 0; user < USERS; user++) {
                if (running[user] == null || running[user].isEnded()) {
                    int[] prompt = new int[20 + user];
                    prompt[0] = id;
                    ScheduledRequest<String> request = ScheduledRequest.builder(id++)
                            .maxTokens(3 + user)
                            .prefix(new PrefixScope("", "tenant"), prompt)
                            .build("");
                    assertThat(harness.scheduler.offer(request)).isNull();
                    running[user] = request;
                }
            }
            harness.step();
            harness.plan.operations().stream()
                    .filter(operation -> operation.kind() == KvOperation.Kind.COPY)
                    .forEach(operation -> copies++);
            harness.plan.entries().forEach(entry -> highest = Math.max(highest, entry.slot()));
        }
    }

    @Test
    void fewUsers_whileOthersAreKept_staySideBySide() {
        answer(1, 60);
        assertThat(highest).as("slot of a live sequence").isLessThanOrEqualTo(USERS);
        assertThat(harness.scheduler.kept().size()).as("kept sequences").isGreaterThan(SLOTS / 2);
    }

    @Test
    void promptsWithNothingInCommon_inTheLongRun_hardlyMoveWhatIsKept() {
        answer(1, 200);
        copies = 0;
        answer(200, 400);
        assertThat(highest).as("slot of a live sequence").isLessThanOrEqualTo(USERS);
        assertThat(copies).isPositive().isLessThanOrEqualTo(200 / 8);
    }

    /** Each step looks at all of one buffer: on a GPU a quarter of the throughput went to what nobody asked for. */
    @Test
    void promptsWithNothingInCommon_inOneBuffer_areHardlyKept() {
        harness = new Harness(SchedulerConfig.builder(SLOTS, 64, 64)
                .queue(100)
                .agingNanos(1_000_000)
                .shared(true)
                .kvTokens(SLOTS * 64)
                .prefixCache(2 * SLOTS, 4, true)
                .build());
        harness.prefillTokens = 64;
        answer(1, 200);
        assertThat(harness.scheduler.kept().cells()).isLessThan(3 * 24);
    }
}
