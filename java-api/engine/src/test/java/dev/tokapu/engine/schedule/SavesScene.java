package dev.tokapu.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.schedule.Harness.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** A scheduler whose copies to host memory and back take until the test says so. */
abstract class SavesScene {

    static final int PROMPT = 20;
    static final int HOST_BYTES = 1 << 20;

    final PrefixScope scope = new PrefixScope("", "tenant");
    final List<SavedPrefix> saving = new ArrayList<>();
    final List<SavedPrefix> restoring = new ArrayList<>();
    Harness harness;
    int restoringSlot = -1;
    int ids;

    @BeforeEach
    void start() {
        start(false);
    }

    /** Two slots. */
    void start(boolean shared) {
        start(2, shared);
    }

    void start(int slots, boolean shared) {
        harness = new Harness(SchedulerConfig.builder(slots, 64, 64)
                .kvTokens(128)
                .shared(shared)
                .queue(100)
                .agingNanos(1_000_000)
                .prefixCache(slots, 4, true)
                .host(HOST_BYTES, false)
                .build());
        harness.prefillTokens = 64;
    }

    ScheduledRequest<String> offer(int text, int answer) {
        int[] prompt = new int[PROMPT];
        Arrays.fill(prompt, text);
        ScheduledRequest<String> request = ScheduledRequest.builder(ids++)
                .maxTokens(answer)
                .prefix(scope, prompt)
                .build("");
        assertThat(harness.scheduler.offer(request)).isNull();
        return request;
    }

    /** A step; what begins to be copied is not answered. */
    List<KvOperation.Kind> step() {
        harness.plan();
        List<KvOperation.Kind> kinds = new ArrayList<>();
        for (KvOperation operation : harness.plan.operations()) {
            kinds.add(operation.kind());
            if (operation.kind() == KvOperation.Kind.SAVE) {
                saving.add(operation.saved());
            } else if (operation.kind() == KvOperation.Kind.RESTORE) {
                restoring.add(operation.saved());
                restoringSlot = operation.slot();
            }
        }
        if (!harness.plan.entries().isEmpty()) {
            harness.compute();
        }
        return kinds;
    }

    void steps(int count) {
        for (int i = 0; i < count; i++) {
            step();
        }
    }

    void answer(int text) {
        ScheduledRequest<String> request = offer(text, 2);
        while (!request.isEnded()) {
            step();
        }
    }

    void saved() {
        SavedPrefix prefix = saving.remove(0);
        harness.scheduler.tiers().saved(prefix, new State(prefix.length()));
    }

    /** One slot generates, the other one keeps text 1; a request with text 2 wants it. */
    ScheduledRequest<String> listened() {
        answer(1);
        offer(9, 60);
        step();
        assertThat(harness.scheduler.decoding()).isEqualTo(1);
        return offer(2, 2);
    }
}
