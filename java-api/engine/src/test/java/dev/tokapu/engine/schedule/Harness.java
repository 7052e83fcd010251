package dev.tokapu.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** A scheduler whose steps all succeed and whose sequences generate one token each step, for tests of single rules. */
final class Harness {

    static final SchedulerConfig LIMITS = new SchedulerConfig(4, 64, 256, false, 16, 100, 1_000_000, 3);

    final Scheduler scheduler;
    final Plan plan = new Plan();
    long now = 1000;
    int prefillTokens = 8;

    Harness(SchedulerConfig config) {
        scheduler = new Scheduler(config);
    }

    Harness() {
        this(LIMITS);
    }

    ScheduledRequest offer(Requests made) {
        ScheduledRequest request = made.make();
        assertThat(scheduler.offer(request)).isNull();
        return request;
    }

    /** Plans only; the step must be decoded or failed. */
    Plan plan() {
        scheduler.plan(now, prefillTokens, plan);
        return plan;
    }

    /** Computes the step that was planned. */
    void compute() {
        scheduler.decoded(plan);
        for (int i = 0; i < plan.entries(); i++) {
            ScheduledSequence sequence = plan.sequence(i);
            if (!plan.isPrefill(i)) {
                scheduler.sampled(sequence, plan.count(i), false);
            } else if (plan.isLast(i)) {
                complete(sequence.request());
            }
        }
    }

    private void complete(ScheduledRequest request) {
        if (request.promptOnly()) {
            scheduler.finished(request);
            return;
        }
        for (int branch = 0; branch < request.branches(); branch++) {
            scheduler.sampled(request.sequence(branch), 1, false);
        }
    }

    /** Plans and computes a step. */
    Plan step() {
        plan();
        compute();
        return plan;
    }

    /** Steps until a request has ended. */
    void runToEnd(ScheduledRequest request) {
        for (int i = 0; !request.isEnded(); i++) {
            assertThat(i).as("steps of request " + request.id()).isLessThan(10_000);
            step();
        }
    }

    List<Long> admitted() {
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < plan.admissions(); i++) {
            ids.add(plan.admitted(i).id());
        }
        return ids;
    }

    /** The plan's entries as "request/branch@from+count", those of prompts with a p before. */
    List<String> entries() {
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < plan.entries(); i++) {
            ScheduledSequence sequence = plan.sequence(i);
            entries.add((plan.isPrefill(i) ? "p" : "") + sequence.request().id() + "/" + sequence.branch() + "@"
                    + plan.from(i) + "+" + plan.count(i));
        }
        return entries;
    }

    List<Integer> released() {
        List<Integer> slots = new ArrayList<>();
        for (int i = 0; i < plan.releases(); i++) {
            slots.add(plan.releasedSlot(i));
        }
        return slots;
    }
}
