package dev.tokapu.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.schedule.Harness.State;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is saved to host memory where copies take a good part of what computing takes. */
class SavesThatPayTest {

    private static final int SLOTS = 4;

    private final PrefixScope scope = new PrefixScope("", "tenant");
    private Harness harness;
    private int saves;
    private int restores;
    private int ids;

    @BeforeEach
    void start() {
        harness = new Harness(SchedulerConfig.builder(SLOTS, 64, 64)
                .queue(100)
                .agingNanos(1_000_000)
                .prefixCache(SLOTS, 4, true)
                .host(1 << 20, false)
                .build());
        harness.prefillTokens = 64;
        harness.scheduler.tiers().savesFrom(0.3);
    }

    /** Answers a request after the other, each with one of so many prompts. */
    private void answer(int count, int firstPrompt, int prompts) {
        for (int i = 0; i < count; i++) {
            int[] prompt = new int[20];
            Arrays.fill(prompt, firstPrompt + i % prompts);
            ScheduledRequest<String> request = ScheduledRequest.builder(ids++)
                    .maxTokens(3)
                    .prefix(scope, prompt)
                    .build("");
            assertThat(harness.scheduler.offer(request)).isNull();
            while (!request.isEnded()) {
                harness.plan();
                harness.plan.operations().forEach(this::copy);
                harness.compute();
            }
        }
    }

    private void copy(KvOperation operation) {
        if (operation.kind() == KvOperation.Kind.SAVE) {
            saves++;
            harness.scheduler
                    .tiers()
                    .saved(operation.saved(), new State(operation.saved().length()));
        } else if (operation.kind() == KvOperation.Kind.RESTORE) {
            restores++;
            harness.scheduler.tiers().restored(operation.slot(), operation.saved(), true);
        }
    }

    /** On a GPU a tenth of the throughput went into copies that nobody used. */
    @Test
    void promptsThatDoNotComeAgain_areHardlySaved() {
        answer(200, 0, 200);
        saves = 0;
        answer(640, 200, 640);
        assertThat(saves).isEqualTo(10);
        assertThat(restores).isZero();
    }

    @Test
    void promptsThatComeAgain_afterOthersThatDidNot_areSavedSoon() {
        answer(300, 0, 300);
        saves = 0;
        answer(200, 1000, 2 * SLOTS);
        assertThat(saves).as("each once, and what was left of the others").isBetween(2 * SLOTS, 3 * SLOTS);
        assertThat(restores).isGreaterThan(100);
    }
}
