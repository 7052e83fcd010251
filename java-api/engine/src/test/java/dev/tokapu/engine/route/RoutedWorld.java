package dev.tokapu.engine.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tokapu.engine.prefix.PrefixScope;
import dev.tokapu.engine.route.Router.Placement;
import dev.tokapu.engine.route.Router.Wanted;
import dev.tokapu.engine.schedule.Plan;
import dev.tokapu.engine.schedule.PlanEntry;
import dev.tokapu.engine.schedule.ScheduledRequest;
import dev.tokapu.engine.schedule.ScheduledSequence;
import dev.tokapu.engine.schedule.Scheduler;
import dev.tokapu.engine.schedule.SchedulerConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A router before real schedulers, whose steps take simulated time: so long each, and more for each token. */
final class RoutedWorld {

    static final int SLOT_TOKENS = 4096;
    private static final int PREFILL_TOKENS = 512;
    private static final long STEP = 10_000;
    private static final long PROMPT_TOKEN = 50;
    private static final long GENERATED_TOKEN = 200;

    /** A request. */
    static final class Call {

        final Object tenant;
        final int priority;
        final int[] prompt;
        final int answer;
        final long arrival;
        private final int seed;
        long admitted = -1;
        long ended = -1;
        int generated;
        int cached;

        private @Nullable Placement placement;
        private @Nullable ScheduledRequest<Call> scheduled;

        Call(Object tenant, int priority, int[] prompt, int answer, long arrival) {
            this.tenant = tenant;
            this.priority = priority;
            this.prompt = prompt;
            this.answer = answer;
            this.arrival = arrival;
            this.seed = Arrays.hashCode(prompt);
        }

        /** A token that it generates; nobody else generates the same ones. */
        int token(int index) {
            return seed + index;
        }

        /** Prompt and answer. */
        int[] text() {
            int[] text = Arrays.copyOf(prompt, prompt.length + answer);
            for (int i = 0; i < answer; i++) {
                text[prompt.length + i] = token(i);
            }
            return text;
        }
    }

    private static final class Replica {

        final Scheduler<Call> scheduler;
        final Plan<Call> plan = new Plan<>();
        final Set<Call> waiting = new LinkedHashSet<>();
        long now;
        long computed;

        Replica(int sequences) {
            scheduler = new Scheduler<>(SchedulerConfig.builder(sequences, SLOT_TOKENS, PREFILL_TOKENS + sequences)
                    .queue(1_000_000)
                    .agingNanos(600_000_000_000L)
                    .groupSteps(8)
                    .prefixCache(sequences, 32, true)
                    .build());
        }
    }

    private final Router router = new Router();
    private final List<Replica> replicas = new ArrayList<>();
    private final PriorityQueue<Call> arrivals = new PriorityQueue<>(Comparator.comparingLong(call -> call.arrival));
    private final Consumer<Call> whenEnded;
    private long ids;
    int moved;

    /** {@code whenEnded} may let more arrive. */
    RoutedWorld(int replicas, int sequences, Consumer<Call> whenEnded) {
        for (int i = 0; i < replicas; i++) {
            this.replicas.add(new Replica(sequences));
            router.add(sequences, (long) sequences * SLOT_TOKENS);
        }
        this.whenEnded = whenEnded;
    }

    void arrives(Call call) {
        arrivals.add(call);
    }

    /** Until all have ended; returns when that was. */
    long run() {
        for (long steps = 0; ; steps++) {
            assertThat(steps).as("steps").isLessThan(5_000_000);
            Replica next = replicas.stream()
                    .filter(replica -> !replica.scheduler.isIdle())
                    .min(Comparator.comparingLong(replica -> replica.now))
                    .orElse(null);
            Call call = arrivals.peek();
            if (call != null && (next == null || call.arrival <= next.now)) {
                arrivals.remove();
                submit(call, null);
            } else if (next != null) {
                step(next);
            } else {
                break;
            }
        }
        for (int i = 0; i < replicas.size(); i++) {
            assertThat(router.unfinished(i)).isZero();
            assertThat(router.work(i)).isZero();
        }
        return replicas.stream().mapToLong(replica -> replica.now).max().orElseThrow();
    }

    /** What each replica has computed, in microseconds. */
    List<Long> computed() {
        return replicas.stream().map(replica -> replica.computed).toList();
    }

    private void submit(Call call, @Nullable Replica only) {
        Wanted wanted = new Wanted(call.tenant, call.prompt, 1, SLOT_TOKENS - call.prompt.length);
        Placement placement =
                Objects.requireNonNull(router.place(wanted, index -> only == null || replicas.get(index) == only));
        Replica replica = replicas.get(placement.replica());
        if (replica.scheduler.isIdle()) {
            replica.now = Math.max(replica.now, call.arrival);
        }
        ScheduledRequest<Call> scheduled = ScheduledRequest.builder(++ids)
                .tenant(call.tenant)
                .priority(call.priority)
                .time(call.arrival * 1000, Long.MAX_VALUE)
                .promptTokens(call.prompt.length)
                .maxTokens(call.answer)
                .prefix(new PrefixScope("", call.tenant), call.prompt)
                .build(call);
        call.placement = placement;
        call.scheduled = scheduled;
        replica.waiting.add(call);
        assertThat(replica.scheduler.offer(scheduled)).isNull();
    }

    private void step(Replica replica) {
        replica.scheduler.plan(replica.now * 1000, PREFILL_TOKENS, replica.plan);
        for (ScheduledRequest<Call> request : replica.plan.admitted()) {
            Call call = request.task();
            if (call.scheduled == request) {
                replica.waiting.remove(call);
                call.cached = request.cachedTokens();
                call.admitted = replica.now;
            }
        }
        List<PlanEntry<Call>> entries = List.copyOf(replica.plan.entries());
        if (entries.isEmpty()) {
            replica.now++;
            return;
        }
        long generating = replica.plan.decodeEntries();
        long time = STEP + (replica.plan.tokens() - generating) * PROMPT_TOKEN + generating * GENERATED_TOKEN;
        replica.now += time;
        replica.computed += time;
        replica.scheduler.decoded(replica.plan);
        for (PlanEntry<Call> entry : entries) {
            if (!entry.isPrefill() || entry.isLast()) {
                sampled(replica, entry.request().sequence(0));
            }
        }
    }

    private void sampled(Replica replica, ScheduledSequence<Call> sequence) {
        Call call = sequence.request().task();
        sequence.chosen(call.token(call.generated));
        boolean ends = ++call.generated >= call.answer;
        replica.scheduler.sampled(sequence, 1, ends);
        if (ends) {
            call.ended = replica.now;
            Objects.requireNonNull(call.placement).left(1);
            router.generated(call.answer);
            fill(replica);
            whenEnded.accept(call);
        }
    }

    /** As the dispatcher does. */
    private void fill(Replica to) {
        for (Replica from : replicas) {
            for (Call call : List.copyOf(from.waiting)) {
                boolean behind = router.isOverfull(replicas.indexOf(from));
                if (from != to && behind && to.waiting.isEmpty() && router.hasRoom(replicas.indexOf(to), 1)) {
                    from.waiting.remove(call);
                    Objects.requireNonNull(call.placement).left(1);
                    from.scheduler.cancel(Objects.requireNonNull(call.scheduled).id());
                    submit(call, to);
                    moved++;
                }
            }
        }
    }
}
