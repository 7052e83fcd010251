package dev.tokapu.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** A scheduler whose steps all succeed and whose sequences generate one token each step, for tests of single rules. */
final class Harness {

    static final SchedulerConfig LIMITS = SchedulerConfig.builder(4, 64, 16)
            .queue(100)
            .agingNanos(1_000_000)
            .groupSteps(3)
            .build();

    /** What was saved, with nothing in it. */
    record State(long bytes) implements SavedState {
        @Override
        public void close() {}
    }

    final Scheduler<String> scheduler;
    final Plan<String> plan = new Plan<>();
    long now = 1000;
    int prefillTokens = 8;

    /** Whether the scheduler is told which tokens were chosen: only then the KV cache of answers counts. */
    boolean tellsTokens;

    Harness(SchedulerConfig config) {
        scheduler = new Scheduler<>(config);
    }

    Harness() {
        this(LIMITS);
    }

    ScheduledRequest<String> offer(Requests made) {
        ScheduledRequest<String> request = made.make();
        assertThat(scheduler.offer(request)).isNull();
        return request;
    }

    /** Plans only; the step must be decoded or failed. */
    Plan<String> plan() {
        scheduler.plan(now, prefillTokens, plan);
        return plan;
    }

    /** Computes the step that was planned. */
    void compute() {
        scheduler.decoded(plan);
        for (int i = 0; i < plan.entries().size(); i++) {
            ScheduledSequence<String> sequence = plan.entries().get(i).sequence();
            if (!plan.entries().get(i).isPrefill()) {
                sampled(sequence, plan.entries().get(i).count());
            } else if (plan.entries().get(i).isLast()) {
                complete(sequence.request());
            }
        }
    }

    private void complete(ScheduledRequest<String> request) {
        if (request.promptOnly()) {
            scheduler.finished(request);
            return;
        }
        for (int branch = 0; branch < request.branches(); branch++) {
            sampled(request.sequence(branch), 1);
        }
    }

    private void sampled(ScheduledSequence<String> sequence, int count) {
        for (int i = 0; tellsTokens && i < count; i++) {
            sequence.chosen(sequence.generated() + i);
        }
        scheduler.sampled(sequence, count, false);
    }

    /** Plans and computes a step. */
    Plan<String> step() {
        plan();
        compute();
        return plan;
    }

    /** Steps until a request has ended. */
    void runToEnd(ScheduledRequest<String> request) {
        for (int i = 0; !request.isEnded(); i++) {
            assertThat(i).as("steps of request " + request.id()).isLessThan(10_000);
            step();
        }
    }

    List<Long> admitted() {
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < plan.admitted().size(); i++) {
            ids.add(plan.admitted().get(i).id());
        }
        return ids;
    }

    /** The plan's entries as "request/branch@from+count", those of prompts with a p before. */
    List<String> entries() {
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < plan.entries().size(); i++) {
            ScheduledSequence<String> sequence = plan.entries().get(i).sequence();
            entries.add((plan.entries().get(i).isPrefill() ? "p" : "")
                    + sequence.request().id() + "/" + sequence.branch() + "@"
                    + plan.entries().get(i).from() + "+" + plan.entries().get(i).count());
        }
        return entries;
    }

    List<Integer> released() {
        List<Integer> slots = new ArrayList<>();
        for (KvOperation operation : plan.operations()) {
            assertThat(operation.kind()).isEqualTo(KvOperation.Kind.CLEAR);
            slots.add(operation.slot());
        }
        return slots;
    }
}
