package dev.tokapu.internal.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** A scheduler whose steps all succeed and whose lanes generate one token each step, for tests of single rules. */
final class Harness {

    static final Limits LIMITS = new Limits(4, 64, 256, false, 16, 100, 1_000_000, 3);

    final Scheduler scheduler;
    final Plan plan = new Plan();
    long now = 1000;
    int prefillTokens = 8;

    Harness(Limits limits) {
        scheduler = new Scheduler(limits);
    }

    Harness() {
        this(LIMITS);
    }

    Job offer(Jobs made) {
        Job job = made.make();
        assertThat(scheduler.offer(job)).isNull();
        return job;
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
            Lane lane = plan.lane(i);
            if (!plan.isPrefill(i)) {
                scheduler.sampled(lane, plan.count(i), false);
            } else if (plan.isLast(i)) {
                complete(lane.job());
            }
        }
    }

    private void complete(Job job) {
        if (job.promptOnly()) {
            scheduler.finished(job);
            return;
        }
        for (int branch = 0; branch < job.branches(); branch++) {
            scheduler.sampled(job.lane(branch), 1, false);
        }
    }

    /** Plans and computes a step. */
    Plan step() {
        plan();
        compute();
        return plan;
    }

    /** Steps until a job has ended. */
    void runToEnd(Job job) {
        for (int i = 0; !job.isEnded(); i++) {
            assertThat(i).as("steps of job " + job.id()).isLessThan(10_000);
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

    /** The plan's entries as "job/branch@from+count", those of prompts with a p before. */
    List<String> entries() {
        List<String> entries = new ArrayList<>();
        for (int i = 0; i < plan.entries(); i++) {
            Lane lane = plan.lane(i);
            entries.add((plan.isPrefill(i) ? "p" : "") + lane.job().id() + "/" + lane.branch() + "@" + plan.from(i)
                    + "+" + plan.count(i));
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
